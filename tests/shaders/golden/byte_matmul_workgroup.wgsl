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
fn mul_hi_i32x4(a: vec4<i32>, b: vec4<i32>) -> vec4<i32> {
  let high = mul_hi_u32x4(bitcast<vec4<u32>>(a), bitcast<vec4<u32>>(b));
  return bitcast<vec4<i32>>(high) - select(vec4<i32>(0i), b, a < vec4<i32>(0i)) - select(vec4<i32>(0i), a, b < vec4<i32>(0i));
}
fn add_byte_products_x1(total: i32, a: i32, b: i32) -> i32 {
  return total + i32(dot4I8Packed(bitcast<u32>(a), bitcast<u32>(b)));
}
fn add_byte_products_x4(total: vec4<i32>, a: vec4<i32>, b: vec4<i32>) -> vec4<i32> {
  return total + vec4<i32>(dot4I8Packed(bitcast<u32>(a.x), bitcast<u32>(b.x)), dot4I8Packed(bitcast<u32>(a.y), bitcast<u32>(b.y)), dot4I8Packed(bitcast<u32>(a.z), bitcast<u32>(b.z)), dot4I8Packed(bitcast<u32>(a.w), bitcast<u32>(b.w)));
}
@group(0) @binding(0) var<storage, read_write> x: array<vec4<i32>>;
@group(0) @binding(1) var<storage, read> weights: array<vec4<i32>>;
@group(0) @binding(2) var<storage, read> offsets: array<vec4<i32>>;
@group(0) @binding(3) var<storage, read> table: array<vec4<i32>>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4<f32>>;
struct Sizes {
  rows: i32,
  columns: i32,
  depth: i32,
  stride: i32,
}
@group(0) @binding(5) var<uniform> sizes: Sizes;
var<workgroup> left: array<vec4<i32>, 32>;
var<workgroup> right: array<vec4<i32>, 32>;
@compute @workgroup_size(4, 8, 1)
fn i8u8_gemm_wg16x16x8_t2x4_requantize(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let rows = sizes.rows;
  let columns = sizes.columns;
  let depth = sizes.depth;
  let stride = sizes.stride;
  var rest_1 = 0i;
  var rest_2 = 0i;
  let wg_3 = i32(group_id.x);
  let wg_4 = i32(group_id.y);
  let row_5 = (wg_4 * 16i);
  let lid_6 = i32(local_id.x);
  let lid_7 = i32(local_id.y);
  let thread_8 = ((lid_7 * 4i) + lid_6);
  let blocks_9 = ((depth + 7i) / 8i);
  var sum_10 = vec4<i32>(0i);
  var sum_11 = vec4<i32>(0i);
  for (var i_12 = 0i; i_12 < blocks_9; i_12 += 1i) {
    let base_13 = (i_12 * 8i);
    let from_14 = (((wg_3 * blocks_9) + i_12) * 128i);
    if ((thread_8 < 32i)) {
      let k_15 = (base_13 + ((thread_8 % 2i) * 4i));
      let line_16 = min((row_5 + (thread_8 / 2i)), (rows - 1i));
      let x_17 = x[(((line_16 * stride) + min(k_15, (stride - 4i))) >> 2u)];
      left[((thread_8 * 4i) >> 2u)] = select(vec4<i32>(0i), x_17, (vec4<i32>(0i, 1i, 2i, 3i) < vec4<i32>((depth - k_15))));
    }
    if ((thread_8 < 32i)) {
      let x_18 = weights[((from_14 + (thread_8 * 4i)) >> 2u)];
      right[((thread_8 * 4i) >> 2u)] = x_18;
    }
    workgroupBarrier();
    let x_19 = left[(((lid_7 * 2i) * 8i) >> 2u)];
    let x_20 = left[((((lid_7 * 2i) + 1i) * 8i) >> 2u)];
    let x_21 = right[((lid_6 * 4i) >> 2u)];
    sum_10 = add_byte_products_x4(sum_10, vec4<i32>(x_19.x), x_21);
    sum_11 = add_byte_products_x4(sum_11, vec4<i32>(x_20.x), x_21);
    let x_22 = right[(((lid_6 * 4i) + 16i) >> 2u)];
    sum_10 = add_byte_products_x4(sum_10, vec4<i32>(x_19.y), x_22);
    sum_11 = add_byte_products_x4(sum_11, vec4<i32>(x_20.y), x_22);
    let x_23 = right[(((lid_6 * 4i) + 32i) >> 2u)];
    sum_10 = add_byte_products_x4(sum_10, vec4<i32>(x_19.z), x_23);
    sum_11 = add_byte_products_x4(sum_11, vec4<i32>(x_20.z), x_23);
    let x_24 = right[(((lid_6 * 4i) + 48i) >> 2u)];
    sum_10 = add_byte_products_x4(sum_10, vec4<i32>(x_19.w), x_24);
    sum_11 = add_byte_products_x4(sum_11, vec4<i32>(x_20.w), x_24);
    rest_1 = add_byte_products_x1(rest_1, x_19.x, 16843009i);
    rest_1 = add_byte_products_x1(rest_1, x_19.y, 16843009i);
    rest_1 = add_byte_products_x1(rest_1, x_19.z, 16843009i);
    rest_1 = add_byte_products_x1(rest_1, x_19.w, 16843009i);
    rest_2 = add_byte_products_x1(rest_2, x_20.x, 16843009i);
    rest_2 = add_byte_products_x1(rest_2, x_20.y, 16843009i);
    rest_2 = add_byte_products_x1(rest_2, x_20.z, 16843009i);
    rest_2 = add_byte_products_x1(rest_2, x_20.w, 16843009i);
    let x_25 = left[((((lid_7 * 2i) * 8i) + 4i) >> 2u)];
    let x_26 = left[(((((lid_7 * 2i) + 1i) * 8i) + 4i) >> 2u)];
    let x_27 = right[(((lid_6 * 4i) + 64i) >> 2u)];
    sum_10 = add_byte_products_x4(sum_10, vec4<i32>(x_25.x), x_27);
    sum_11 = add_byte_products_x4(sum_11, vec4<i32>(x_26.x), x_27);
    let x_28 = right[(((lid_6 * 4i) + 80i) >> 2u)];
    sum_10 = add_byte_products_x4(sum_10, vec4<i32>(x_25.y), x_28);
    sum_11 = add_byte_products_x4(sum_11, vec4<i32>(x_26.y), x_28);
    let x_29 = right[(((lid_6 * 4i) + 96i) >> 2u)];
    sum_10 = add_byte_products_x4(sum_10, vec4<i32>(x_25.z), x_29);
    sum_11 = add_byte_products_x4(sum_11, vec4<i32>(x_26.z), x_29);
    let x_30 = right[(((lid_6 * 4i) + 112i) >> 2u)];
    sum_10 = add_byte_products_x4(sum_10, vec4<i32>(x_25.w), x_30);
    sum_11 = add_byte_products_x4(sum_11, vec4<i32>(x_26.w), x_30);
    rest_1 = add_byte_products_x1(rest_1, x_25.x, 16843009i);
    rest_1 = add_byte_products_x1(rest_1, x_25.y, 16843009i);
    rest_1 = add_byte_products_x1(rest_1, x_25.z, 16843009i);
    rest_1 = add_byte_products_x1(rest_1, x_25.w, 16843009i);
    rest_2 = add_byte_products_x1(rest_2, x_26.x, 16843009i);
    rest_2 = add_byte_products_x1(rest_2, x_26.y, 16843009i);
    rest_2 = add_byte_products_x1(rest_2, x_26.z, 16843009i);
    rest_2 = add_byte_products_x1(rest_2, x_26.w, 16843009i);
    workgroupBarrier();
  }
  let channel_31 = (min((wg_3 * 16i), (columns - 16i)) + (lid_6 * 4i));
  let offset_32 = offsets[(channel_31 >> 2u)];
  let t_33 = (sum_10 + (vec4<i32>(rest_1) * offset_32));
  let t_34 = (sum_11 + (vec4<i32>(rest_2) * offset_32));
  let number_35 = table[0i][(1i & 3i)];
  let number_36 = table[0i][(2i & 3i)];
  let stride_37 = table[0i][(0i & 3i)];
  let at_38 = (channel_31 + 8i);
  let row_39 = table[(at_38 >> 2u)];
  let at_40 = ((channel_31 + stride_37) + 8i);
  let row_41 = table[(at_40 >> 2u)];
  let at_42 = ((channel_31 + (stride_37 * 2i)) + 8i);
  let row_43 = table[(at_42 >> 2u)];
  let here_44 = (row_5 + (lid_7 * 2i));
  if ((here_44 < rows)) {
    let out_45 = ((here_44 * columns) + channel_31);
    let total_46 = (t_33 + row_39);
    let twice_47 = (total_46 + total_46);
    let high_48 = (mul_hi_i32x4(twice_47, row_41) + bitcast<vec4<i32>>(((bitcast<vec4<u32>>(twice_47) * bitcast<vec4<u32>>(row_41)) >> vec4<u32>(vec4<u32>(31u)))));
    let scaled_49 = ((high_48 + (((vec4<i32>(1i) << vec4<u32>(row_43)) >> vec4<u32>(vec4<i32>(1i))) + ((high_48 >> vec4<u32>(vec4<i32>(31i))) & (-min(row_43, vec4<i32>(1i)))))) >> vec4<u32>(row_43));
    y[(out_45 >> 2u)] = vec4<f32>(min(max(scaled_49, vec4<i32>(number_35)), vec4<i32>(number_36)));
  }
  let here_50 = ((row_5 + (lid_7 * 2i)) + 1i);
  if ((here_50 < rows)) {
    let out_51 = ((here_50 * columns) + channel_31);
    let total_52 = (t_34 + row_39);
    let twice_53 = (total_52 + total_52);
    let high_54 = (mul_hi_i32x4(twice_53, row_41) + bitcast<vec4<i32>>(((bitcast<vec4<u32>>(twice_53) * bitcast<vec4<u32>>(row_41)) >> vec4<u32>(vec4<u32>(31u)))));
    let scaled_55 = ((high_54 + (((vec4<i32>(1i) << vec4<u32>(row_43)) >> vec4<u32>(vec4<i32>(1i))) + ((high_54 >> vec4<u32>(vec4<i32>(31i))) & (-min(row_43, vec4<i32>(1i)))))) >> vec4<u32>(row_43));
    y[(out_51 >> 2u)] = vec4<f32>(min(max(scaled_55, vec4<i32>(number_35)), vec4<i32>(number_36)));
  }
}
