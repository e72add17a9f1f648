@group(0) @binding(0) var<storage, read_write> x: array<u32>;
@group(0) @binding(1) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;
struct Sizes {
  out_height: i32,
  out_width: i32,
  height: i32,
  width: i32,
  channels: i32,
  columns: i32,
  above: i32,
  before: i32,
  taps: i32,
  pixels: i32,
  zero_of_x: i32,
  zero_of_y: i32,
}
@group(0) @binding(3) var<uniform> sizes: Sizes;
@compute @workgroup_size(8, 1, 1)
fn f32_dwconv2d_3x3_nhwc_lanes2x4_i8x_i8y(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let out_height = sizes.out_height;
  let out_width = sizes.out_width;
  let height = sizes.height;
  let width = sizes.width;
  let channels = sizes.channels;
  let columns = sizes.columns;
  let above = sizes.above;
  let before = sizes.before;
  let taps = sizes.taps;
  let pixels = sizes.pixels;
  let zero_of_x = sizes.zero_of_x;
  let zero_of_y = sizes.zero_of_y;
  let gid_1 = i32(global_id.x);
  let channel_2 = min((gid_1 * 4i), (columns - 4i));
  let wg_3 = i32(group_id.y);
  let pixel_4 = min((wg_3 * 2i), (out_width - 2i));
  let wg_5 = i32(group_id.z);
  let top_6 = (wg_5 - above);
  let left_7 = (pixel_4 - before);
  var sum_8 = vec4<f32>(0.0f);
  var sum_9 = vec4<f32>(0.0f);
  let ok_10 = (u32(left_7) < u32(width));
  let at_11 = select(0i, (left_7 * channels), ok_10);
  let column_12 = (left_7 + 1i);
  let ok_13 = (u32(column_12) < u32(width));
  let at_14 = select(0i, (column_12 * channels), ok_13);
  let column_15 = (left_7 + 2i);
  let ok_16 = (u32(column_15) < u32(width));
  let at_17 = select(0i, (column_15 * channels), ok_16);
  let column_18 = (left_7 + 3i);
  let ok_19 = (u32(column_18) < u32(width));
  let at_20 = select(0i, (column_18 * channels), ok_19);
  let first_21 = max((0i - top_6), 0i);
  let last_22 = min((height - top_6), taps);
  for (var i_23 = first_21; i_23 < last_22; i_23 += 1i) {
    let line_24 = ((top_6 + i_23) * (width * channels));
    let x_25 = vec4<f32>((unpack4xI8(x[(((line_24 + at_11) + channel_2) >> 2u)]) - vec4<i32>(zero_of_x)));
    let x_26 = select(vec4<f32>(0.0f), x_25, ok_10);
    let x_27 = vec4<f32>((unpack4xI8(x[(((line_24 + at_14) + channel_2) >> 2u)]) - vec4<i32>(zero_of_x)));
    let x_28 = select(vec4<f32>(0.0f), x_27, ok_13);
    let x_29 = vec4<f32>((unpack4xI8(x[(((line_24 + at_17) + channel_2) >> 2u)]) - vec4<i32>(zero_of_x)));
    let x_30 = select(vec4<f32>(0.0f), x_29, ok_16);
    let x_31 = vec4<f32>((unpack4xI8(x[(((line_24 + at_20) + channel_2) >> 2u)]) - vec4<i32>(zero_of_x)));
    let x_32 = select(vec4<f32>(0.0f), x_31, ok_19);
    let w_33 = weights[((((i_23 * 3i) * columns) + channel_2) >> 2u)];
    sum_8 = fma(x_26, w_33, sum_8);
    sum_9 = fma(x_28, w_33, sum_9);
    let w_34 = weights[(((((i_23 * 3i) + 1i) * columns) + channel_2) >> 2u)];
    sum_8 = fma(x_28, w_34, sum_8);
    sum_9 = fma(x_30, w_34, sum_9);
    let w_35 = weights[(((((i_23 * 3i) + 2i) * columns) + channel_2) >> 2u)];
    sum_8 = fma(x_30, w_35, sum_8);
    sum_9 = fma(x_32, w_35, sum_9);
  }
  for (var i_36 = 0i; i_36 < pixels; i_36 += 1i) {
    let sum_37 = select(sum_8, sum_9, (i_36 == 1i));
    let here_38 = (pixel_4 + i_36);
    let out_39 = ((((wg_5 * out_width) + here_38) * columns) + channel_2);
    y[(out_39 >> 2u)] = pack4xI8((vec4<i32>(sum_37) + vec4<i32>(zero_of_y)));
  }
}
