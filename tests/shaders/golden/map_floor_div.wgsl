@group(0) @binding(0) var<storage, read_write> x: array<vec4<i32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<i32>>;
struct Sizes {
  extent_a: i32,
  vectors: i32,
  total: i32,
}
@group(0) @binding(2) var<uniform> sizes: Sizes;
@compute @workgroup_size(64, 1, 1)
fn i32_integer_floor_div(
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
    let divisor_6 = select(x_5, vec4<i32>(1i), ((x_5 == vec4<i32>(0i)) | (x_5 == vec4<i32>((-1i)))));
    let quotient_7 = select((x_4 / divisor_6), bitcast<vec4<i32>>((bitcast<vec4<u32>>(vec4<i32>(0i)) - bitcast<vec4<u32>>(x_4))), (x_5 == vec4<i32>((-1i))));
    let rest_8 = bitcast<vec4<i32>>((bitcast<vec4<u32>>(x_4) - bitcast<vec4<u32>>(bitcast<vec4<i32>>((bitcast<vec4<u32>>(quotient_7) * bitcast<vec4<u32>>(x_5))))));
    y[(column_3 >> 2u)] = select(quotient_7, (quotient_7 - vec4<i32>(1i)), ((rest_8 != vec4<i32>(0i)) & ((rest_8 ^ x_5) < vec4<i32>(0i))));
  }
}
