@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
struct Sizes {
  span: i32,
  vectors: i32,
  blocks: i32,
  steps: i32,
  row_by_a: i32,
  share: f32,
}
@group(0) @binding(2) var<uniform> sizes: Sizes;
var<workgroup> partial: array<vec4<f32>, 128>;
@compute @workgroup_size(8, 16, 1)
fn f32_mean_team8_outer(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let span = sizes.span;
  let vectors = sizes.vectors;
  let blocks = sizes.blocks;
  let steps = sizes.steps;
  let row_by_a = sizes.row_by_a;
  let share = sizes.share;
  let wg_1 = i32(group_id.x);
  let wg_2 = i32(group_id.y);
  let group_3 = min((wg_1 + (wg_2 * span)), 1i);
  let line_4 = (group_3 / blocks);
  let lid_5 = i32(local_id.x);
  let lid_6 = i32(local_id.y);
  let column_7 = (min((((group_3 - (line_4 * blocks)) * 8i) + lid_5), (vectors - 1i)) * 4i);
  var parts_8 = vec4<f32>(0.0f);
  for (var i_9 = lid_6; i_9 < steps; i_9 += 16i) {
    let at_10 = (i_9 * row_by_a);
    let x_11 = x[((at_10 + column_7) >> 2u)];
    parts_8 = (parts_8 + x_11);
  }
  partial[((((lid_6 * 8i) + lid_5) * 4i) >> 2u)] = parts_8;
  workgroupBarrier();
  if ((lid_6 < 1i)) {
    var total_12 = vec4<f32>(0.0f);
    for (var i_13 = 0i; i_13 < 16i; i_13 += 1i) {
      let x_14 = partial[((((i_13 * 8i) + lid_5) * 4i) >> 2u)];
      total_12 = (total_12 + x_14);
    }
    y[((((line_4 * vectors) * 4i) + column_7) >> 2u)] = (total_12 * vec4<f32>(share));
  }
}
