@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
struct Sizes {
  last: i32,
  span: i32,
}
@group(0) @binding(2) var<uniform> sizes: Sizes;
var<workgroup> partial_a: array<f32, 64>;
var<workgroup> partial_b: array<f32, 64>;
@compute @workgroup_size(64, 1, 1)
fn f32_softmax_wg64(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let last = sizes.last;
  let span = sizes.span;
  let wg_1 = i32(group_id.x);
  let wg_2 = i32(group_id.y);
  let at_3 = (min((wg_1 + (wg_2 * span)), last) * 1004i);
  let lid_4 = i32(local_id.x);
  var parts_5 = vec4<f32>((-3.4028234663852886e+38f));
  for (var i_6 = (lid_4 * 4i); i_6 < 1000i; i_6 += 256i) {
    let x_7 = x[((at_3 + i_6) >> 2u)];
    parts_5 = max(parts_5, x_7);
  }
  partial_a[lid_4] = max(max(parts_5.x, parts_5.z), max(parts_5.y, parts_5.w));
  workgroupBarrier();
  var total_8 = (-3.4028234663852886e+38f);
  for (var i_9 = 0i; i_9 < 64i; i_9 += 1i) {
    let x_10 = partial_a[i_9];
    total_8 = max(total_8, x_10);
  }
  let x_11 = x[((at_3 + 1000i) >> 2u)][((at_3 + 1000i) & 3i)];
  total_8 = max(total_8, x_11);
  var parts_12 = vec4<f32>(0.0f);
  for (var i_13 = (lid_4 * 4i); i_13 < 1000i; i_13 += 256i) {
    let x_14 = x[((at_3 + i_13) >> 2u)];
    parts_12 = (parts_12 + exp(((x_14 - vec4<f32>(total_8)) * vec4<f32>(1.0f))));
  }
  partial_b[lid_4] = ((parts_12.x + parts_12.z) + (parts_12.y + parts_12.w));
  workgroupBarrier();
  var total_15 = 0.0f;
  for (var i_16 = 0i; i_16 < 64i; i_16 += 1i) {
    let x_17 = partial_b[i_16];
    total_15 = (total_15 + x_17);
  }
  let x_18 = x[((at_3 + 1000i) >> 2u)][((at_3 + 1000i) & 3i)];
  total_15 = (total_15 + exp(((x_18 - total_8) * 1.0f)));
  let scale_19 = (1.0f / total_15);
  for (var i_20 = (lid_4 * 4i); i_20 < 1004i; i_20 += 256i) {
    let x_21 = x[((at_3 + i_20) >> 2u)];
    y[((at_3 + i_20) >> 2u)] = (exp(((x_21 - vec4<f32>(total_8)) * vec4<f32>(1.0f))) * vec4<f32>(scale_19));
  }
}
