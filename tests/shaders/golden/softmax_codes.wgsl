fn mul_hi_u32x1(a: u32, b: u32) -> u32 {
  let al = a & u32(65535u);
  let ah = a >> u32(16u);
  let bl = b & u32(65535u);
  let bh = b >> u32(16u);
  let lh = al * bh;
  let hl = ah * bl;
  let middle = ((al * bl) >> u32(16u)) + (lh & u32(65535u)) + (hl & u32(65535u));
  return ah * bh + (lh >> u32(16u)) + (hl >> u32(16u)) + (middle >> u32(16u));
}
fn mul_hi_u32x4(a: vec4<u32>, b: vec4<u32>) -> vec4<u32> {
  let al = a & vec4<u32>(65535u);
  let ah = a >> vec4<u32>(16u);
  let bl = b & vec4<u32>(65535u);
  let bh = b >> vec4<u32>(16u);
  let lh = al * bh;
  let hl = ah * bl;
  let middle = ((al * bl) >> vec4<u32>(16u)) + (lh & vec4<u32>(65535u)) + (hl & vec4<u32>(65535u));
  return ah * bh + (lh >> vec4<u32>(16u)) + (hl >> vec4<u32>(16u)) + (middle >> vec4<u32>(16u));
}
fn mul_hi_i32x1(a: i32, b: i32) -> i32 {
  let high = mul_hi_u32x1(bitcast<u32>(a), bitcast<u32>(b));
  return bitcast<i32>(high) - select(i32(0i), b, a < i32(0i)) - select(i32(0i), a, b < i32(0i));
}
fn mul_hi_i32x4(a: vec4<i32>, b: vec4<i32>) -> vec4<i32> {
  let high = mul_hi_u32x4(bitcast<vec4<u32>>(a), bitcast<vec4<u32>>(b));
  return bitcast<vec4<i32>>(high) - select(vec4<i32>(0i), b, a < vec4<i32>(0i)) - select(vec4<i32>(0i), a, b < vec4<i32>(0i));
}
@group(0) @binding(0) var<storage, read_write> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
@group(0) @binding(2) var<storage, read> table: array<i32>;
struct Sizes {
  extent_a: i32,
  stride_a_a: i32,
  length: i32,
  lowest: i32,
  vectors: i32,
  total: i32,
  zero_of_x: i32,
  zero_of_y: i32,
}
@group(0) @binding(3) var<uniform> sizes: Sizes;
@compute @workgroup_size(64, 1, 1)
fn codes_softmax_i8x_i8y(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let extent_a = sizes.extent_a;
  let stride_a_a = sizes.stride_a_a;
  let length = sizes.length;
  let lowest = sizes.lowest;
  let vectors = sizes.vectors;
  let total = sizes.total;
  let zero_of_x = sizes.zero_of_x;
  let zero_of_y = sizes.zero_of_y;
  let gid_1 = i32(global_id.x);
  if ((gid_1 < total)) {
    let line_2 = (gid_1 / vectors);
    let column_3 = (gid_1 - (line_2 * vectors));
    let at_4 = (column_3 * stride_a_a);
    let x_5 = f32((extractBits(bitcast<i32>(x[(at_4 >> 2u)]), u32(((at_4 & 3i) * 8i)), 8u) - zero_of_x));
    var highest_6 = i32(x_5);
    for (var i_7 = 1i; i_7 < length; i_7 += 1i) {
      let x_8 = f32((extractBits(bitcast<i32>(x[((at_4 + i_7) >> 2u)]), u32((((at_4 + i_7) & 3i) * 8i)), 8u) - zero_of_x));
      highest_6 = max(highest_6, i32(x_8));
    }
    var total_9 = 0i;
    for (var i_10 = 0i; i_10 < length; i_10 += 1i) {
      let x_11 = f32((extractBits(bitcast<i32>(x[((at_4 + i_10) >> 2u)]), u32((((at_4 + i_10) & 3i) * 8i)), 8u) - zero_of_x));
      let distance_12 = min(max((highest_6 - i32(x_11)), 0i), 255i);
      let index_13 = (distance_12 + 256i);
      let x_14 = table[index_13];
      total_9 = (total_9 + x_14);
    }
    var zeros_15 = 1i;
    var rest_16 = total_9;
    let low_17 = (rest_16 < 32768i);
    zeros_15 = select(zeros_15, (zeros_15 + 16i), low_17);
    rest_16 = select(rest_16, (rest_16 << u32(16i)), low_17);
    let low_18 = (rest_16 < 8388608i);
    zeros_15 = select(zeros_15, (zeros_15 + 8i), low_18);
    rest_16 = select(rest_16, (rest_16 << u32(8i)), low_18);
    let low_19 = (rest_16 < 134217728i);
    zeros_15 = select(zeros_15, (zeros_15 + 4i), low_19);
    rest_16 = select(rest_16, (rest_16 << u32(4i)), low_19);
    let low_20 = (rest_16 < 536870912i);
    zeros_15 = select(zeros_15, (zeros_15 + 2i), low_20);
    rest_16 = select(rest_16, (rest_16 << u32(2i)), low_20);
    let low_21 = (rest_16 < 1073741824i);
    zeros_15 = select(zeros_15, (zeros_15 + 1i), low_21);
    rest_16 = select(rest_16, (rest_16 << u32(1i)), low_21);
    let zeros_22 = zeros_15;
    let half_23 = bitcast<i32>(((((bitcast<u32>(total_9) << u32(bitcast<u32>(zeros_22))) & 2147483647u) + 2147483648u) >> u32(1u)));
    let low_24 = (bitcast<u32>(half_23) * bitcast<u32>((-1010580540i)));
    let high_25 = bitcast<i32>((((bitcast<u32>(mul_hi_i32x1(half_23, (-1010580540i))) << u32(1u)) | (low_24 >> u32(31u))) + ((low_24 >> u32(30u)) & 1u)));
    let x_26 = (high_25 + 1515870810i);
    let low_27 = (bitcast<u32>(half_23) * bitcast<u32>(x_26));
    let high_28 = bitcast<i32>((((bitcast<u32>(mul_hi_i32x1(half_23, x_26)) << u32(1u)) | (low_27 >> u32(31u))) + ((low_27 >> u32(30u)) & 1u)));
    let error_29 = (536870912i - high_28);
    let low_30 = (bitcast<u32>(x_26) * bitcast<u32>(error_29));
    let high_31 = bitcast<i32>((((bitcast<u32>(mul_hi_i32x1(x_26, error_29)) << u32(1u)) | (low_30 >> u32(31u))) + ((low_30 >> u32(30u)) & 1u)));
    let x_32 = (x_26 + (high_31 << u32(2i)));
    let low_33 = (bitcast<u32>(half_23) * bitcast<u32>(x_32));
    let high_34 = bitcast<i32>((((bitcast<u32>(mul_hi_i32x1(half_23, x_32)) << u32(1u)) | (low_33 >> u32(31u))) + ((low_33 >> u32(30u)) & 1u)));
    let error_35 = (536870912i - high_34);
    let low_36 = (bitcast<u32>(x_32) * bitcast<u32>(error_35));
    let high_37 = bitcast<i32>((((bitcast<u32>(mul_hi_i32x1(x_32, error_35)) << u32(1u)) | (low_36 >> u32(31u))) + ((low_36 >> u32(30u)) & 1u)));
    let x_38 = (x_32 + (high_37 << u32(2i)));
    let low_39 = (bitcast<u32>(half_23) * bitcast<u32>(x_38));
    let high_40 = bitcast<i32>((((bitcast<u32>(mul_hi_i32x1(half_23, x_38)) << u32(1u)) | (low_39 >> u32(31u))) + ((low_39 >> u32(30u)) & 1u)));
    let error_41 = (536870912i - high_40);
    let low_42 = (bitcast<u32>(x_38) * bitcast<u32>(error_41));
    let high_43 = bitcast<i32>((((bitcast<u32>(mul_hi_i32x1(x_38, error_41)) << u32(1u)) | (low_42 >> u32(31u))) + ((low_42 >> u32(30u)) & 1u)));
    let x_44 = (x_38 + (high_43 << u32(2i)));
    let inverse_45 = select((x_44 << u32(1i)), 2147483647i, (x_44 >= 1073741824i));
    let shift_46 = ((12i - zeros_22) + 23i);
    for (var i_47 = 0i; i_47 < length; i_47 += 4i) {
      let x_48 = vec4<f32>((unpack4xI8(x[((at_4 + i_47) >> 2u)]) - vec4<i32>(zero_of_x)));
      let distance_49 = min(max((vec4<i32>(highest_6) - vec4<i32>(x_48)), vec4<i32>(0i)), vec4<i32>(255i));
      let x_50 = table[distance_49.x];
      let x_51 = table[distance_49.y];
      let x_52 = table[distance_49.z];
      let x_53 = table[distance_49.w];
      let entries_54 = vec4<i32>(x_50, x_51, x_52, x_53);
      let low_55 = (bitcast<vec4<u32>>(vec4<i32>(inverse_45)) * bitcast<vec4<u32>>(entries_54));
      let high_56 = bitcast<vec4<i32>>((((bitcast<vec4<u32>>(mul_hi_i32x4(vec4<i32>(inverse_45), entries_54)) << vec4<u32>(vec4<u32>(1u))) | (low_55 >> vec4<u32>(vec4<u32>(31u)))) + ((low_55 >> vec4<u32>(vec4<u32>(30u))) & vec4<u32>(1u))));
      let code_57 = min(select((((high_56 >> vec4<u32>(vec4<i32>((min(shift_46, 31i) - 1i)))) + vec4<i32>(1i)) >> vec4<u32>(vec4<i32>(1i))), vec4<i32>(0i), (shift_46 > 31i)), vec4<i32>(255i));
      y[((at_4 + i_47) >> 2u)] = pack4xI8(((code_57 + vec4<i32>(lowest)) + vec4<i32>(zero_of_y)));
    }
  }
}
