@group(0) @binding(0) var<storage, read_write> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
struct Sizes {
  extent_a: i32,
  extent_b: i32,
  stride_a_a: i32,
  stride_b_a: i32,
  total: i32,
}
@group(0) @binding(2) var<uniform> sizes: Sizes;
@compute @workgroup_size(64, 1, 1)
fn i8_copy_pp_packed(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let extent_a = sizes.extent_a;
  let extent_b = sizes.extent_b;
  let stride_a_a = sizes.stride_a_a;
  let stride_b_a = sizes.stride_b_a;
  let total = sizes.total;
  let gid_1 = i32(global_id.x);
  if ((gid_1 < total)) {
    let at_2 = (gid_1 * stride_a_a);
    let at_3 = (gid_1 * stride_b_a);
    let column_4 = min(0i, (extent_b - 1i));
    let column_5 = min(1i, (extent_b - 1i));
    let column_6 = min(2i, (extent_b - 1i));
    let column_7 = min(3i, (extent_b - 1i));
    let x_8 = extractBits(bitcast<i32>(x[(((gid_1 * stride_a_a) + column_4) >> 2u)]), u32(((((gid_1 * stride_a_a) + column_4) & 3i) * 8i)), 8u);
    let x_9 = extractBits(bitcast<i32>(x[(((gid_1 * stride_a_a) + column_5) >> 2u)]), u32(((((gid_1 * stride_a_a) + column_5) & 3i) * 8i)), 8u);
    let x_10 = extractBits(bitcast<i32>(x[(((gid_1 * stride_a_a) + column_6) >> 2u)]), u32(((((gid_1 * stride_a_a) + column_6) & 3i) * 8i)), 8u);
    let x_11 = extractBits(bitcast<i32>(x[(((gid_1 * stride_a_a) + column_7) >> 2u)]), u32(((((gid_1 * stride_a_a) + column_7) & 3i) * 8i)), 8u);
    y[(at_3 >> 2u)] = pack4xI8(vec4<i32>(x_8, x_9, x_10, x_11));
  }
}
