@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
struct Sizes {
  extent_a: i32,
  extent_b: i32,
  stride_a_b: i32,
  stride_b_a: i32,
  fill: f32,
  vectors: i32,
  total: i32,
}
@group(0) @binding(2) var<uniform> sizes: Sizes;
@compute @workgroup_size(64, 1, 1)
fn f32_copy_pp_scalar(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let extent_a = sizes.extent_a;
  let extent_b = sizes.extent_b;
  let stride_a_b = sizes.stride_a_b;
  let stride_b_a = sizes.stride_b_a;
  let fill = sizes.fill;
  let vectors = sizes.vectors;
  let total = sizes.total;
  let gid_1 = i32(global_id.x);
  if ((gid_1 < total)) {
    let line_2 = (gid_1 / vectors);
    let column_3 = ((gid_1 - (line_2 * vectors)) * 4i);
    let at_4 = (line_2 + (column_3 * stride_a_b));
    let at_5 = ((line_2 * stride_b_a) + column_3);
    if ((column_3 < extent_b)) {
      let x_6 = x[(line_2 + (column_3 * stride_a_b))];
      y[at_5] = x_6;
    }
    let column_7 = (column_3 + 1i);
    if ((column_7 < extent_b)) {
      let x_8 = x[(line_2 + (column_7 * stride_a_b))];
      y[(at_5 + 1i)] = x_8;
    }
    let column_9 = (column_3 + 2i);
    if ((column_9 < extent_b)) {
      let x_10 = x[(line_2 + (column_9 * stride_a_b))];
      y[(at_5 + 2i)] = x_10;
    }
    let column_11 = (column_3 + 3i);
    if ((column_11 < extent_b)) {
      let x_12 = x[(line_2 + (column_11 * stride_a_b))];
      y[(at_5 + 3i)] = x_12;
    }
  }
}
