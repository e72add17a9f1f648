@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<i32>;
struct Sizes {
  extent_a: i32,
  extent_b: i32,
  stride_a_a: i32,
  vectors: i32,
  total: i32,
}
@group(0) @binding(2) var<uniform> sizes: Sizes;
@compute @workgroup_size(64, 1, 1)
fn i32_arg_max(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let extent_a = sizes.extent_a;
  let extent_b = sizes.extent_b;
  let stride_a_a = sizes.stride_a_a;
  let vectors = sizes.vectors;
  let total = sizes.total;
  let gid_1 = i32(global_id.x);
  if ((gid_1 < total)) {
    let line_2 = (gid_1 / vectors);
    let column_3 = (gid_1 - (line_2 * vectors));
    let at_4 = ((line_2 * stride_a_a) + column_3);
    let x_5 = x[((line_2 * 36i) + column_3)];
    var best_6 = x_5;
    var place_7 = 0i;
    for (var i_8 = 1i; i_8 < 9i; i_8 += 1i) {
      let x_9 = x[(((line_2 * 36i) + (i_8 * 4i)) + column_3)];
      if ((x_9 > best_6)) {
        best_6 = x_9;
        place_7 = i_8;
      }
    }
    y[at_4] = place_7;
  }
}
