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
@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> table: array<i32>;
struct Sizes {
  length: i32,
  lowest: i32,
  stride: i32,
  last: i32,
  span: i32,
}
@group(0) @binding(3) var<uniform> sizes: Sizes;
var<workgroup> joined_a: array<i32, 64>;
var<workgroup> joined_b: array<i32, 64>;
@compute @workgroup_size(64, 1, 1)
fn codes_softmax_wg64(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let length = sizes.length;
  let lowest = sizes.lowest;
  let stride = sizes.stride;
  let last = sizes.last;
  let span = sizes.span;
  let lid_1 = i32(local_id.x);
  let wg_2 = i32(group_id.x);
  let wg_3 = i32(group_id.y);
  let at_4 = (min((wg_2 + (wg_3 * span)), last) * stride);
  let x_5 = x[(at_4 >> 2u)][(at_4 & 3i)];
  var highest_6 = i32(x_5);
  for (var i_7 = (lid_1 + 1i); i_7 < length; i_7 += 64i) {
    let x_8 = x[((at_4 + i_7) >> 2u)][((at_4 + i_7) & 3i)];
    highest_6 = max(highest_6, i32(x_8));
  }
  joined_a[lid_1] = highest_6;
  workgroupBarrier();
  let x_9 = joined_a[0i];
  highest_6 = x_9;
  for (var i_10 = 1i; i_10 < 64i; i_10 += 1i) {
    let x_11 = joined_a[i_10];
    highest_6 = max(highest_6, x_11);
  }
  var total_12 = 0i;
  for (var i_13 = lid_1; i_13 < length; i_13 += 64i) {
    let x_14 = x[((at_4 + i_13) >> 2u)][((at_4 + i_13) & 3i)];
    let distance_15 = min(max((highest_6 - i32(x_14)), 0i), 255i);
    let index_16 = (distance_15 + 256i);
    let x_17 = table[index_16];
    total_12 = (total_12 + x_17);
  }
  joined_b[lid_1] = total_12;
  workgroupBarrier();
  let x_18 = joined_b[0i];
  total_12 = x_18;
  for (var i_19 = 1i; i_19 < 64i; i_19 += 1i) {
    let x_20 = joined_b[i_19];
    total_12 = (total_12 + x_20);
  }
  var zeros_21 = 1i;
  var rest_22 = total_12;
  let low_23 = (rest_22 < 32768i);
  zeros_21 = select(zeros_21, (zeros_21 + 16i), low_23);
  rest_22 = select(rest_22, (rest_22 << u32(16i)), low_23);
  let low_24 = (rest_22 < 8388608i);
  zeros_21 = select(zeros_21, (zeros_21 + 8i), low_24);
  rest_22 = select(rest_22, (rest_22 << u32(8i)), low_24);
  let low_25 = (rest_22 < 134217728i);
  zeros_21 = select(zeros_21, (zeros_21 + 4i), low_25);
  rest_22 = select(rest_22, (rest_22 << u32(4i)), low_25);
  let low_26 = (rest_22 < 536870912i);
  zeros_21 = select(zeros_21, (zeros_21 + 2i), low_26);
  rest_22 = select(rest_22, (rest_22 << u32(2i)), low_26);
  let low_27 = (rest_22 < 1073741824i);
  zeros_21 = select(zeros_21, (zeros_21 + 1i), low_27);
  rest_22 = select(rest_22, (rest_22 << u32(1i)), low_27);
  let zeros_28 = zeros_21;
  let half_29 = bitcast<i32>(((((bitcast<u32>(total_12) << u32(bitcast<u32>(zeros_28))) & 2147483647u) + 2147483648u) >> u32(1u)));
  let low_30 = (bitcast<u32>(half_29) * bitcast<u32>((-1010580540i)));
  let high_31 = bitcast<i32>((((bitcast<u32>(mul_hi_i32x1(half_29, (-1010580540i))) << u32(1u)) | (low_30 >> u32(31u))) + ((low_30 >> u32(30u)) & 1u)));
  let x_32 = (high_31 + 1515870810i);
  let low_33 = (bitcast<u32>(half_29) * bitcast<u32>(x_32));
  let high_34 = bitcast<i32>((((bitcast<u32>(mul_hi_i32x1(half_29, x_32)) << u32(1u)) | (low_33 >> u32(31u))) + ((low_33 >> u32(30u)) & 1u)));
  let error_35 = (536870912i - high_34);
  let low_36 = (bitcast<u32>(x_32) * bitcast<u32>(error_35));
  let high_37 = bitcast<i32>((((bitcast<u32>(mul_hi_i32x1(x_32, error_35)) << u32(1u)) | (low_36 >> u32(31u))) + ((low_36 >> u32(30u)) & 1u)));
  let x_38 = (x_32 + (high_37 << u32(2i)));
  let low_39 = (bitcast<u32>(half_29) * bitcast<u32>(x_38));
  let high_40 = bitcast<i32>((((bitcast<u32>(mul_hi_i32x1(half_29, x_38)) << u32(1u)) | (low_39 >> u32(31u))) + ((low_39 >> u32(30u)) & 1u)));
  let error_41 = (536870912i - high_40);
  let low_42 = (bitcast<u32>(x_38) * bitcast<u32>(error_41));
  let high_43 = bitcast<i32>((((bitcast<u32>(mul_hi_i32x1(x_38, error_41)) << u32(1u)) | (low_42 >> u32(31u))) + ((low_42 >> u32(30u)) & 1u)));
  let x_44 = (x_38 + (high_43 << u32(2i)));
  let low_45 = (bitcast<u32>(half_29) * bitcast<u32>(x_44));
  let high_46 = bitcast<i32>((((bitcast<u32>(mul_hi_i32x1(half_29, x_44)) << u32(1u)) | (low_45 >> u32(31u))) + ((low_45 >> u32(30u)) & 1u)));
  let error_47 = (536870912i - high_46);
  let low_48 = (bitcast<u32>(x_44) * bitcast<u32>(error_47));
  let high_49 = bitcast<i32>((((bitcast<u32>(mul_hi_i32x1(x_44, error_47)) << u32(1u)) | (low_48 >> u32(31u))) + ((low_48 >> u32(30u)) & 1u)));
  let x_50 = (x_44 + (high_49 << u32(2i)));
  let inverse_51 = select((x_50 << u32(1i)), 2147483647i, (x_50 >= 1073741824i));
  let shift_52 = ((12i - zeros_28) + 23i);
  for (var i_53 = (lid_1 * 4i); i_53 < length; i_53 += 256i) {
    let x_54 = x[((at_4 + i_53) >> 2u)];
    let distance_55 = min(max((vec4<i32>(highest_6) - vec4<i32>(x_54)), vec4<i32>(0i)), vec4<i32>(255i));
    let x_56 = table[distance_55.x];
    let x_57 = table[distance_55.y];
    let x_58 = table[distance_55.z];
    let x_59 = table[distance_55.w];
    let entries_60 = vec4<i32>(x_56, x_57, x_58, x_59);
    let low_61 = (bitcast<vec4<u32>>(vec4<i32>(inverse_51)) * bitcast<vec4<u32>>(entries_60));
    let high_62 = bitcast<vec4<i32>>((((bitcast<vec4<u32>>(mul_hi_i32x4(vec4<i32>(inverse_51), entries_60)) << vec4<u32>(vec4<u32>(1u))) | (low_61 >> vec4<u32>(vec4<u32>(31u)))) + ((low_61 >> vec4<u32>(vec4<u32>(30u))) & vec4<u32>(1u))));
    let code_63 = min(select((((high_62 >> vec4<u32>(vec4<i32>((min(shift_52, 31i) - 1i)))) + vec4<i32>(1i)) >> vec4<u32>(vec4<i32>(1i))), vec4<i32>(0i), (shift_52 > 31i)), vec4<i32>(255i));
    y[((at_4 + i_53) >> 2u)] = vec4<f32>((code_63 + vec4<i32>(lowest)));
  }
}
