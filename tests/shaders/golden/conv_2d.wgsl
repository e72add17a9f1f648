@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;
struct Sizes {
  pixels: i32,
  out_height: i32,
  out_width: i32,
  height: i32,
  width: i32,
  channels: i32,
  above: i32,
  before: i32,
  columns: i32,
  group_columns: i32,
  depth: i32,
  panels: i32,
  span: i32,
}
@group(0) @binding(3) var<uniform> sizes: Sizes;
@compute @workgroup_size(8, 1, 1)
fn f32_conv2d_3x3s2_nhwc_t2x4(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let pixels = sizes.pixels;
  let out_height = sizes.out_height;
  let out_width = sizes.out_width;
  let height = sizes.height;
  let width = sizes.width;
  let channels = sizes.channels;
  let above = sizes.above;
  let before = sizes.before;
  let columns = sizes.columns;
  let group_columns = sizes.group_columns;
  let depth = sizes.depth;
  let panels = sizes.panels;
  let span = sizes.span;
  let gid_1 = i32(global_id.x);
  let gid_2 = i32(global_id.y);
  let flat_3 = (gid_1 + (gid_2 * span));
  let tile_4 = (flat_3 / panels);
  let panel_5 = (flat_3 % panels);
  let row_6 = min((tile_4 * 2i), (pixels - 2i));
  let column_7 = min((panel_5 * 4i), (group_columns - 4i));
  let line_8 = (row_6 / out_width);
  let image_9 = (line_8 / out_height);
  let top_10 = (((line_8 - (image_9 * out_height)) * 2i) - above);
  let left_11 = (((row_6 - (line_8 * out_width)) * 2i) - before);
  let picture_12 = (image_9 * ((height * width) * channels));
  let line_13 = ((row_6 + 1i) / out_width);
  let image_14 = (line_13 / out_height);
  let top_15 = (((line_13 - (image_14 * out_height)) * 2i) - above);
  let left_16 = ((((row_6 + 1i) - (line_13 * out_width)) * 2i) - before);
  let picture_17 = (image_14 * ((height * width) * channels));
  var sum_18 = vec4<f32>(0.0f);
  var sum_19 = vec4<f32>(0.0f);
  let first_20 = (panel_5 * (depth * 36i));
  for (var i_21 = 0i; i_21 < 3i; i_21 += 1i) {
    for (var i_22 = 0i; i_22 < 3i; i_22 += 1i) {
      let panel_23 = (first_20 + ((((i_21 * 3i) + i_22) * depth) * 4i));
      let ok_24 = ((u32((top_10 + i_21)) < u32(height)) && (u32((left_11 + i_22)) < u32(width)));
      let ok_25 = ((u32((top_15 + i_21)) < u32(height)) && (u32((left_16 + i_22)) < u32(width)));
      let a_26 = select(0i, (picture_12 + ((((top_10 + i_21) * width) + (left_11 + i_22)) * channels)), ok_24);
      let a_27 = select(0i, (picture_17 + ((((top_15 + i_21) * width) + (left_16 + i_22)) * channels)), ok_25);
      let whole_28 = (depth - (depth % 4i));
      for (var i_29 = 0i; i_29 < whole_28; i_29 += 4i) {
        let l_30 = x[((a_26 + i_29) >> 2u)];
        let l_31 = x[((a_27 + i_29) >> 2u)];
        let l_32 = select(vec4<f32>(0.0f), l_30, ok_24);
        let l_33 = select(vec4<f32>(0.0f), l_31, ok_25);
        let at_34 = (panel_23 + (i_29 * 4i));
        let r_35 = weights[(at_34 >> 2u)];
        sum_18 = fma(vec4<f32>(l_32.x), r_35, sum_18);
        sum_19 = fma(vec4<f32>(l_33.x), r_35, sum_19);
        let at_36 = ((panel_23 + (i_29 * 4i)) + 4i);
        let r_37 = weights[(at_36 >> 2u)];
        sum_18 = fma(vec4<f32>(l_32.y), r_37, sum_18);
        sum_19 = fma(vec4<f32>(l_33.y), r_37, sum_19);
        let at_38 = ((panel_23 + (i_29 * 4i)) + 8i);
        let r_39 = weights[(at_38 >> 2u)];
        sum_18 = fma(vec4<f32>(l_32.z), r_39, sum_18);
        sum_19 = fma(vec4<f32>(l_33.z), r_39, sum_19);
        let at_40 = ((panel_23 + (i_29 * 4i)) + 12i);
        let r_41 = weights[(at_40 >> 2u)];
        sum_18 = fma(vec4<f32>(l_32.w), r_41, sum_18);
        sum_19 = fma(vec4<f32>(l_33.w), r_41, sum_19);
      }
    }
  }
  let c_42 = (row_6 * columns);
  let c_43 = ((row_6 + 1i) * columns);
  let out_44 = (c_42 + column_7);
  let out_45 = (c_43 + column_7);
  y[(out_44 >> 2u)] = sum_18;
  y[(out_45 >> 2u)] = sum_19;
}
