@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> side_a: array<i32>;
@group(0) @binding(2) var<storage, read_write> side_b: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
struct Sizes {
  extent_a: i32,
  extent_b: i32,
  stride_a_a: i32,
  vectors: i32,
  total: i32,
}
@group(0) @binding(4) var<uniform> sizes: Sizes;
@compute @workgroup_size(64, 1, 1)
fn f32_stablehlo_scatter_max(
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
    let x_5 = x[((line_2 * 4i) + column_3)];
    var total_6 = x_5;
    for (var i_7 = 0i; i_7 < 5i; i_7 += 1i) {
      let x_8 = side_a[(i_7 * 4i)];
      let place_9 = (line_2 - min(max(x_8, (-2i)), 4i));
      if ((((((1i > 0i) && (place_9 >= 0i)) && (place_9 < 2i)) && (column_3 >= 0i)) && (column_3 < 3i))) {
        let x_10 = side_b[(((i_7 * 8i) + (min(max(place_9, 0i), 1i) * 4i)) + min(max(column_3, 0i), 2i))];
        total_6 = select(total_6, x_10, (x_10 > total_6));
      }
    }
    y[at_4] = total_6;
  }
}
