@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec2<u32>>;
struct Sizes {
  extent_a: i32,
  vectors: i32,
  total: i32,
}
@group(0) @binding(2) var<uniform> sizes: Sizes;
@compute @workgroup_size(64, 1, 1)
fn i16_store(
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
    y[(column_3 >> 2u)] = ((bitcast<vec2<u32>>(min(max((vec4<i32>(x_4) + vec4<i32>(0i)), vec4<i32>((-32768i))), vec4<i32>(32767i)).xz) & vec2<u32>(65535u)) | (bitcast<vec2<u32>>(min(max((vec4<i32>(x_4) + vec4<i32>(0i)), vec4<i32>((-32768i))), vec4<i32>(32767i)).yw) << vec2<u32>(16u)));
  }
}
