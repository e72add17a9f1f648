@group(0) @binding(0) var<storage, read_write> x: array<i32>;
@group(0) @binding(1) var<storage, read_write> y: array<i32>;
struct Sizes {
  extent_a: i32,
  stride_a_a: i32,
  vectors: i32,
  total: i32,
}
@group(0) @binding(2) var<uniform> sizes: Sizes;
@compute @workgroup_size(64, 1, 1)
fn i64_load(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let extent_a = sizes.extent_a;
  let stride_a_a = sizes.stride_a_a;
  let vectors = sizes.vectors;
  let total = sizes.total;
  let gid_1 = i32(global_id.x);
  if ((gid_1 < total)) {
    let line_2 = (gid_1 / vectors);
    let column_3 = (gid_1 - (line_2 * vectors));
    let at_4 = (column_3 * stride_a_a);
    let low_5 = x[at_4];
    let high_6 = x[(at_4 + 1i)];
    y[column_3] = select(select(2147483647i, i32(-2147483648), (high_6 < 0i)), low_5, (high_6 == (low_5 >> u32(31i))));
  }
}
