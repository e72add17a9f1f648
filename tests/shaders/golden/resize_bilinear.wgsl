@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> offsets: array<i32>;
@group(0) @binding(3) var<storage, read> weights: array<f32>;
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
  vectors: i32,
  total: i32,
}
@group(0) @binding(4) var<uniform> sizes: Sizes;
@compute @workgroup_size(64, 1, 1)
fn f32_resize_bilinear(
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
    let x_10 = offsets[c_6];
    let x_11 = offsets[(c_6 + height)];
    let x_12 = offsets[((2i * height) + c_4)];
    let x_13 = offsets[(((2i * height) + c_4) + width)];
    let x_14 = weights[c_6];
    let x_15 = weights[(height + c_4)];
    let x_16 = x[(((at_8 + x_10) + x_12) >> 2u)];
    let x_17 = x[(((at_8 + x_10) + x_13) >> 2u)];
    let x_18 = x[(((at_8 + x_11) + x_12) >> 2u)];
    let x_19 = x[(((at_8 + x_11) + x_13) >> 2u)];
    let edge_20 = fma((x_17 - x_16), vec4<f32>(x_15), x_16);
    let edge_21 = fma((x_19 - x_18), vec4<f32>(x_15), x_18);
    y[(at_9 >> 2u)] = fma((edge_21 - edge_20), vec4<f32>(x_14), edge_20);
  }
}
