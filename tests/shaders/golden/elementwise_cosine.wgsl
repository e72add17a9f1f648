fn cos_f32x4(x: vec4<f32>) -> vec4<f32> {
  let n = round(x * 0.636619772f);
  let r = ((x - n * 1.5703125f) - n * 4.837512969970703125e-4f) - n * 7.549789948768648e-8f;
  let z = r * r;
  let s = r + r * z * ((8.3321608736e-3f - z * 1.9515295891e-4f) * z - 1.6666654611e-1f);
  let c = 1.0f - 0.5f * z + z * z * ((2.443315711809948e-5f * z - 1.388731625493765e-3f) * z + 4.166664568298827e-2f);
  let turn = vec4<i32>(n) + 1i;
  let side = select(s, c, (turn & vec4<i32>(1i)) == vec4<i32>(1i));
  return select(select(side, -side, (turn & vec4<i32>(2i)) == vec4<i32>(2i)), cos(x), abs(x) > vec4<f32>(25000.0f));
}
@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
struct Sizes {
  extent_a: i32,
  vectors: i32,
  total: i32,
}
@group(0) @binding(2) var<uniform> sizes: Sizes;
@compute @workgroup_size(64, 1, 1)
fn f32_cos(
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
    y[(column_3 >> 2u)] = cos_f32x4(x_4);
  }
}
