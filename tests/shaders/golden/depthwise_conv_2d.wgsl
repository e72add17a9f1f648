@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;
struct Sizes {
  out_height: i32,
  out_width: i32,
  height: i32,
  width: i32,
  channels: i32,
  columns: i32,
  above: i32,
  before: i32,
  lines: i32,
  span: i32,
}
@group(0) @binding(3) var<uniform> sizes: Sizes;
@compute @workgroup_size(8, 1, 1)
fn f32_dwconv2d_3x3_nhwc_t2x4(
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
  let lines = sizes.lines;
  let span = sizes.span;
  let gid_1 = i32(global_id.x);
  let gid_2 = i32(global_id.y);
  let flat_3 = (gid_1 + (gid_2 * span));
  let blocks_4 = (columns / 4i);
  let rest_5 = (flat_3 / blocks_4);
  let channel_6 = ((flat_3 - (rest_5 * blocks_4)) * 4i);
  let across_7 = ((out_width + 1i) / 2i);
  let line_8 = min((rest_5 / across_7), (lines - 1i));
  let pixel_9 = max(min(((rest_5 % across_7) * 2i), (out_width - 2i)), 0i);
  let image_10 = (line_8 / out_height);
  let top_11 = ((line_8 - (image_10 * out_height)) - above);
  let left_12 = (pixel_9 - before);
  var sum_13 = vec4<f32>(0.0f);
  var sum_14 = vec4<f32>(0.0f);
  let column_15 = (left_12 + 1i);
  let column_16 = (left_12 + 2i);
  let column_17 = (left_12 + 3i);
  for (var i_18 = 0i; i_18 < 3i; i_18 += 1i) {
    let y_19 = (top_11 + i_18);
    let ok_20 = ((u32(y_19) < u32(height)) && (u32(left_12) < u32(width)));
    let at_21 = select(0i, (((((image_10 * height) + y_19) * width) + left_12) * channels), ok_20);
    let x_22 = x[((at_21 + channel_6) >> 2u)];
    let x_23 = select(vec4<f32>(0.0f), x_22, ok_20);
    let ok_24 = ((u32(y_19) < u32(height)) && (u32(column_15) < u32(width)));
    let at_25 = select(0i, (((((image_10 * height) + y_19) * width) + column_15) * channels), ok_24);
    let x_26 = x[((at_25 + channel_6) >> 2u)];
    let x_27 = select(vec4<f32>(0.0f), x_26, ok_24);
    let ok_28 = ((u32(y_19) < u32(height)) && (u32(column_16) < u32(width)));
    let at_29 = select(0i, (((((image_10 * height) + y_19) * width) + column_16) * channels), ok_28);
    let x_30 = x[((at_29 + channel_6) >> 2u)];
    let x_31 = select(vec4<f32>(0.0f), x_30, ok_28);
    let ok_32 = ((u32(y_19) < u32(height)) && (u32(column_17) < u32(width)));
    let at_33 = select(0i, (((((image_10 * height) + y_19) * width) + column_17) * channels), ok_32);
    let x_34 = x[((at_33 + channel_6) >> 2u)];
    let x_35 = select(vec4<f32>(0.0f), x_34, ok_32);
    let w_36 = weights[((((i_18 * 3i) * columns) + channel_6) >> 2u)];
    sum_13 = fma(x_23, w_36, sum_13);
    sum_14 = fma(x_27, w_36, sum_14);
    let w_37 = weights[(((((i_18 * 3i) + 1i) * columns) + channel_6) >> 2u)];
    sum_13 = fma(x_27, w_37, sum_13);
    sum_14 = fma(x_31, w_37, sum_14);
    let w_38 = weights[(((((i_18 * 3i) + 2i) * columns) + channel_6) >> 2u)];
    sum_13 = fma(x_31, w_38, sum_13);
    sum_14 = fma(x_35, w_38, sum_14);
  }
  let out_39 = ((((line_8 * out_width) + pixel_9) * columns) + channel_6);
  y[(out_39 >> 2u)] = sum_13;
  let here_40 = (pixel_9 + 1i);
  let out_41 = ((((line_8 * out_width) + here_40) * columns) + channel_6);
  y[(out_41 >> 2u)] = sum_14;
}
