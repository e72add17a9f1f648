@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> table: array<i32>;
struct Sizes {
  extent_a: i32,
  extent_b: i32,
  stride_b_a: i32,
  fill: f32,
  vectors: i32,
  total: i32,
}
@group(0) @binding(3) var<uniform> sizes: Sizes;
@compute @workgroup_size(64, 1, 1)
fn f32_copy_tp_vector(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let extent_a = sizes.extent_a;
  let extent_b = sizes.extent_b;
  let stride_b_a = sizes.stride_b_a;
  let fill = sizes.fill;
  let vectors = sizes.vectors;
  let total = sizes.total;
  let gid_1 = i32(global_id.x);
  if ((gid_1 < total)) {
    let line_2 = (gid_1 / vectors);
    let column_3 = ((gid_1 - (line_2 * vectors)) * 4i);
    let at_4 = ((line_2 * stride_b_a) + column_3);
    let entry_5 = table[line_2];
    let inside_6 = (entry_5 >= 0i);
    var value_7 = vec4<f32>(fill);
    if (inside_6) {
      let x_8 = x[((entry_5 + column_3) >> 2u)];
      value_7 = x_8;
    }
    y[(at_4 >> 2u)] = value_7;
  }
}
