@group(0) @binding(0) var<storage, read_write> x: array<vec4<i32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<i32>>;
struct Sizes {
  extent_a: i32,
  vectors: i32,
  total: i32,
}
@group(0) @binding(2) var<uniform> sizes: Sizes;
@compute @workgroup_size(64, 1, 1)
fn i32_integer_mul_leaves(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let extent_a = sizes.extent_a;
  let vectors = sizes.vectors;
  let total = sizes.total;
  let gid_1 = i32(global_id.x);
  if ((gid_1 < total)) {
    let line_2 = (gid_1 / vectors);
    let column_3 = ((gid_1 - (line_2 * vectors)) * 4i);
    let x_4 = x[(column_3 >> 2u)];
    let x_5 = x[(column_3 >> 2u)];
    y[(column_3 >> 2u)] = vec4<i32>((abs((vec4<f32>(x_4) * vec4<f32>(x_5))) > vec4<f32>(2147482600.0f)));
  }
}
