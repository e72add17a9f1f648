@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> table: array<i32>;
struct Sizes {
  extent_b: i32,
  extent_c: i32,
  extent_d: i32,
  stride_a_a: i32,
  stride_b_a: i32,
  stride_b_b: i32,
  stride_b_c: i32,
  height: i32,
  width: i32,
  zero_point: i32,
  vectors: i32,
  total: i32,
}
@group(0) @binding(3) var<uniform> sizes: Sizes;
@compute @workgroup_size(64, 1, 1)
fn unsigned_resize_bilinear(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let extent_b = sizes.extent_b;
  let extent_c = sizes.extent_c;
  let extent_d = sizes.extent_d;
  let stride_a_a = sizes.stride_a_a;
  let stride_b_a = sizes.stride_b_a;
  let stride_b_b = sizes.stride_b_b;
  let stride_b_c = sizes.stride_b_c;
  let height = sizes.height;
  let width = sizes.width;
  let zero_point = sizes.zero_point;
  let vectors = sizes.vectors;
  let total = sizes.total;
  let gid_1 = i32(global_id.x);
  if ((gid_1 < total)) {
    let line_2 = (gid_1 / vectors);
    let column_3 = ((gid_1 - (line_2 * vectors)) * 4i);
    let c_4 = (line_2 % extent_c);
    let rest_5 = (line_2 / extent_c);
    let c_6 = (rest_5 % extent_b);
    let rest_7 = (rest_5 / extent_b);
    let at_8 = ((rest_7 * stride_a_a) + column_3);
    let at_9 = ((((rest_7 * stride_b_a) + (c_6 * stride_b_b)) + (c_4 * stride_b_c)) + column_3);
    let x_10 = table[c_6];
    let x_11 = table[(c_6 + height)];
    let x_12 = table[(c_6 + (height * 2i))];
    let x_13 = table[(c_6 + (height * 3i))];
    let x_14 = table[((height * 4i) + c_4)];
    let x_15 = table[(((height * 4i) + c_4) + width)];
    let x_16 = table[(((height * 4i) + c_4) + (width * 2i))];
    let x_17 = table[(((height * 4i) + c_4) + (width * 3i))];
    let x_18 = x[(((at_8 + x_10) + x_14) >> 2u)];
    let term_19 = bitcast<vec4<f32>>(min(bitcast<vec4<u32>>((bitcast<vec4<f32>>(min(bitcast<vec4<u32>>(((x_18 + vec4<f32>(f32(zero_point))) * vec4<f32>(bitcast<f32>(x_12)))), vec4<u32>(4294967294u))) * vec4<f32>(bitcast<f32>(x_16)))), vec4<u32>(4294967294u)));
    let x_20 = x[(((at_8 + x_11) + x_14) >> 2u)];
    let term_21 = bitcast<vec4<f32>>(min(bitcast<vec4<u32>>((bitcast<vec4<f32>>(min(bitcast<vec4<u32>>(((x_20 + vec4<f32>(f32(zero_point))) * vec4<f32>(bitcast<f32>(x_13)))), vec4<u32>(4294967294u))) * vec4<f32>(bitcast<f32>(x_16)))), vec4<u32>(4294967294u)));
    let total_22 = bitcast<vec4<f32>>(min(bitcast<vec4<u32>>((term_19 + term_21)), vec4<u32>(4294967294u)));
    let x_23 = x[(((at_8 + x_10) + x_15) >> 2u)];
    let term_24 = bitcast<vec4<f32>>(min(bitcast<vec4<u32>>((bitcast<vec4<f32>>(min(bitcast<vec4<u32>>(((x_23 + vec4<f32>(f32(zero_point))) * vec4<f32>(bitcast<f32>(x_12)))), vec4<u32>(4294967294u))) * vec4<f32>(bitcast<f32>(x_17)))), vec4<u32>(4294967294u)));
    let total_25 = bitcast<vec4<f32>>(min(bitcast<vec4<u32>>((total_22 + term_24)), vec4<u32>(4294967294u)));
    let x_26 = x[(((at_8 + x_11) + x_15) >> 2u)];
    let term_27 = bitcast<vec4<f32>>(min(bitcast<vec4<u32>>((bitcast<vec4<f32>>(min(bitcast<vec4<u32>>(((x_26 + vec4<f32>(f32(zero_point))) * vec4<f32>(bitcast<f32>(x_13)))), vec4<u32>(4294967294u))) * vec4<f32>(bitcast<f32>(x_17)))), vec4<u32>(4294967294u)));
    let total_28 = bitcast<vec4<f32>>(min(bitcast<vec4<u32>>((total_25 + term_27)), vec4<u32>(4294967294u)));
    y[(at_9 >> 2u)] = (floor((total_28 + vec4<f32>(0.5f))) - vec4<f32>(f32(zero_point)));
  }
}
