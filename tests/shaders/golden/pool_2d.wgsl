@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
struct Sizes {
  extent_b: i32,
  extent_c: i32,
  extent_d: i32,
  stride_a_a: i32,
  stride_b_a: i32,
  stride_b_b: i32,
  stride_b_c: i32,
  height: i32,
  width: i32,
  line: i32,
  pixel: i32,
  stride_y: i32,
  size_y: i32,
  stride_x: i32,
  size_x: i32,
  vectors: i32,
  total: i32,
}
@group(0) @binding(2) var<uniform> sizes: Sizes;
@compute @workgroup_size(64, 1, 1)
fn f32_average_pool_2d(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let extent_b = sizes.extent_b;
  let extent_c = sizes.extent_c;
  let extent_d = sizes.extent_d;
  let stride_a_a = sizes.stride_a_a;
  let stride_b_a = sizes.stride_b_a;
  let stride_b_b = sizes.stride_b_b;
  let stride_b_c = sizes.stride_b_c;
  let height = sizes.height;
  let width = sizes.width;
  let line = sizes.line;
  let pixel = sizes.pixel;
  let stride_y = sizes.stride_y;
  let size_y = sizes.size_y;
  let stride_x = sizes.stride_x;
  let size_x = sizes.size_x;
  let vectors = sizes.vectors;
  let total = sizes.total;
  let gid_1 = i32(global_id.x);
  if ((gid_1 < total)) {
    let line_2 = (gid_1 / vectors);
    let column_3 = ((gid_1 - (line_2 * vectors)) * 4i);
    let c_4 = (line_2 % extent_c);
    let rest_5 = (line_2 / extent_c);
    let c_6 = (rest_5 % extent_b);
    let rest_7 = (rest_5 / extent_b);
    let at_8 = ((rest_7 * stride_a_a) + column_3);
    let at_9 = ((((rest_7 * stride_b_a) + (c_6 * stride_b_b)) + (c_4 * stride_b_c)) + column_3);
    let start_10 = (c_6 * stride_y);
    let first_11 = max(start_10, 0i);
    let last_12 = min((start_10 + size_y), height);
    let start_13 = (c_4 * stride_x);
    let first_14 = max(start_13, 0i);
    let last_15 = min((start_13 + size_x), width);
    var total_16 = vec4<f32>(0.0f);
    for (var i_17 = first_11; i_17 < last_12; i_17 += 1i) {
      for (var i_18 = first_14; i_18 < last_15; i_18 += 1i) {
        let x_19 = x[(((at_8 + (i_17 * line)) + (i_18 * pixel)) >> 2u)];
        total_16 = (total_16 + x_19);
      }
    }
    y[(at_9 >> 2u)] = (total_16 / vec4<f32>(f32(((last_12 - first_11) * (last_15 - first_14)))));
  }
}
