@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
struct Sizes {
  last: i32,
  span: i32,
}
@group(0) @binding(2) var<uniform> sizes: Sizes;
var<workgroup> joined_a: array<f32, 64>;
var<workgroup> joined_b: array<f32, 64>;
@compute @workgroup_size(64, 1, 1)
fn f32_softmax_wg64(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let last = sizes.last;
  let span = sizes.span;
  let lid_1 = i32(local_id.x);
  let wg_2 = i32(group_id.x);
  let wg_3 = i32(group_id.y);
  let at_4 = (min((wg_2 + (wg_3 * span)), last) * 1004i);
  var parts_5 = vec4<f32>((-3.4028234663852886e+38f));
  for (var i_6 = (lid_1 * 4i); i_6 < 1000i; i_6 += 256i) {
    let x_7 = x[((at_4 + i_6) >> 2u)];
    parts_5 = max(parts_5, x_7);
  }
  var total_8 = max(max(parts_5.x, parts_5.z), max(parts_5.y, parts_5.w));
  joined_a[lid_1] = total_8;
  workgroupBarrier();
  let x_9 = joined_a[0i];
  total_8 = x_9;
  for (var i_10 = 1i; i_10 < 64i; i_10 += 1i) {
    let x_11 = joined_a[i_10];
    total_8 = max(total_8, x_11);
  }
  let x_12 = x[((at_4 + 1000i) >> 2u)][((at_4 + 1000i) & 3i)];
  total_8 = max(total_8, x_12);
  var parts_13 = vec4<f32>(0.0f);
  for (var i_14 = (lid_1 * 4i); i_14 < 1000i; i_14 += 256i) {
    let x_15 = x[((at_4 + i_14) >> 2u)];
    parts_13 = (parts_13 + exp(((x_15 - vec4<f32>(total_8)) * vec4<f32>(1.0f))));
  }
  var total_16 = ((parts_13.x + parts_13.z) + (parts_13.y + parts_13.w));
  joined_b[lid_1] = total_16;
  workgroupBarrier();
  let x_17 = joined_b[0i];
  total_16 = x_17;
  for (var i_18 = 1i; i_18 < 64i; i_18 += 1i) {
    let x_19 = joined_b[i_18];
    total_16 = (total_16 + x_19);
  }
  let x_20 = x[((at_4 + 1000i) >> 2u)][((at_4 + 1000i) & 3i)];
  total_16 = (total_16 + exp(((x_20 - total_8) * 1.0f)));
  let scale_21 = (1.0f / total_16);
  for (var i_22 = (lid_1 * 4i); i_22 < 1004i; i_22 += 256i) {
    let x_23 = x[((at_4 + i_22) >> 2u)];
    y[((at_4 + i_22) >> 2u)] = (exp(((x_23 - vec4<f32>(total_8)) * vec4<f32>(1.0f))) * vec4<f32>(scale_21));
  }
}
