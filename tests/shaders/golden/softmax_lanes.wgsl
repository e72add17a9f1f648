@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
struct Sizes {
  extent_a: i32,
  stride_a_a: i32,
  vectors: i32,
  total: i32,
  end_a: i32,
}
@group(0) @binding(2) var<uniform> sizes: Sizes;
@compute @workgroup_size(64, 1, 1)
fn f32_softmax(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let extent_a = sizes.extent_a;
  let stride_a_a = sizes.stride_a_a;
  let vectors = sizes.vectors;
  let total = sizes.total;
  let end_a = sizes.end_a;
  let gid_1 = i32(global_id.x);
  if ((gid_1 < total)) {
    let line_2 = (gid_1 / vectors);
    let column_3 = (gid_1 - (line_2 * vectors));
    let at_4 = (column_3 * stride_a_a);
    var total_5 = (-3.4028234663852886e+38f);
    var parts_6 = vec4<f32>((-3.4028234663852886e+38f));
    for (var i_7 = 0i; i_7 < end_a; i_7 += 4i) {
      let x_8 = x[((at_4 + i_7) >> 2u)];
      parts_6 = max(parts_6, x_8);
    }
    total_5 = max(max(parts_6.x, parts_6.z), max(parts_6.y, parts_6.w));
    var total_9 = 0.0f;
    var parts_10 = vec4<f32>(0.0f);
    for (var i_11 = 0i; i_11 < end_a; i_11 += 4i) {
      let x_12 = x[((at_4 + i_11) >> 2u)];
      parts_10 = (parts_10 + exp(((x_12 - vec4<f32>(total_5)) * vec4<f32>(1.0f))));
    }
    total_9 = ((parts_10.x + parts_10.z) + (parts_10.y + parts_10.w));
    let scale_13 = (1.0f / total_9);
    for (var i_14 = 0i; i_14 < end_a; i_14 += 4i) {
      let x_15 = x[((at_4 + i_14) >> 2u)];
      y[((at_4 + i_14) >> 2u)] = (exp(((x_15 - vec4<f32>(total_5)) * vec4<f32>(1.0f))) * vec4<f32>(scale_13));
    }
    for (var i_16 = 20i; i_16 < 20i; i_16 += 4i) {
      let x_17 = x[((at_4 + i_16) >> 2u)];
      y[((at_4 + i_16) >> 2u)] = (exp(((x_17 - vec4<f32>(total_5)) * vec4<f32>(1.0f))) * vec4<f32>(scale_13));
    }
  }
}
