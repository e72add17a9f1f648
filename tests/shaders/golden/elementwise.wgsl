@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> side_a: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;
struct Sizes {
  extent_a: i32,
  extent_b: i32,
  stride_a_a: i32,
  stride_c_a: i32,
  vectors: i32,
  total: i32,
}
@group(0) @binding(3) var<uniform> sizes: Sizes;
@compute @workgroup_size(64, 1, 1)
fn f32_hard_swish_rsub_mul(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let extent_a = sizes.extent_a;
  let extent_b = sizes.extent_b;
  let stride_a_a = sizes.stride_a_a;
  let stride_c_a = sizes.stride_c_a;
  let vectors = sizes.vectors;
  let total = sizes.total;
  let gid_1 = i32(global_id.x);
  if ((gid_1 < total)) {
    let line_2 = (gid_1 / vectors);
    let column_3 = ((gid_1 - (line_2 * vectors)) * 4i);
    let at_4 = ((line_2 * stride_a_a) + column_3);
    let at_5 = ((line_2 * stride_c_a) + column_3);
    let x_6 = x[(at_4 >> 2u)];
    let t_7 = ((x_6 * min(max((x_6 + vec4<f32>(3.0f)), vec4<f32>(0.0f)), vec4<f32>(6.0f))) * vec4<f32>(0.16666667f));
    let side_a_8 = side_a[(column_3 >> 2u)];
    let t_9 = (side_a_8 - t_7);
    y[(at_5 >> 2u)] = (t_9 * vec4<f32>(0.5f));
  }
}
