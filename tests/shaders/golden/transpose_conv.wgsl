@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;
struct Sizes {
  row_tiles: i32,
  blocks: i32,
  out_height: i32,
  out_width: i32,
  height: i32,
  width: i32,
  channels: i32,
  above: i32,
  before: i32,
  columns: i32,
  depth: i32,
  panels: i32,
  span: i32,
}
@group(0) @binding(3) var<uniform> sizes: Sizes;
@compute @workgroup_size(64, 1, 1)
fn f32_deconv2d_2x2s2_nhwc_t1x4_tanh(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let row_tiles = sizes.row_tiles;
  let blocks = sizes.blocks;
  let out_height = sizes.out_height;
  let out_width = sizes.out_width;
  let height = sizes.height;
  let width = sizes.width;
  let channels = sizes.channels;
  let above = sizes.above;
  let before = sizes.before;
  let columns = sizes.columns;
  let depth = sizes.depth;
  let panels = sizes.panels;
  let span = sizes.span;
  let gid_1 = i32(global_id.x);
  let gid_2 = i32(global_id.y);
  let flat_3 = (gid_1 + (gid_2 * span));
  let tile_4 = (flat_3 / panels);
  let panel_5 = (flat_3 % panels);
  let tile_6 = min(tile_4, (row_tiles - 1i));
  let rest_7 = (tile_6 / blocks);
  let line_8 = (rest_7 / 2i);
  let phase_9 = (rest_7 - (line_8 * 2i));
  let pixel_10 = min((tile_6 - (rest_7 * blocks)), (((out_width + 1i) / 2i) - 1i));
  let image_11 = (line_8 / out_height);
  let top_12 = ((line_8 - (image_11 * out_height)) + above);
  let left_13 = (phase_9 + before);
  let column_14 = min((panel_5 * 4i), (columns - 4i));
  var sum_15 = vec4<f32>(0.0f);
  for (var i_16 = (top_12 % 2i); i_16 < 2i; i_16 += 2i) {
    for (var i_17 = (left_13 % 2i); i_17 < 2i; i_17 += 2i) {
      let panel_18 = (((((panel_5 * 4i) + (i_16 * 2i)) + i_17) * depth) * 4i);
      let y_19 = ((top_12 - i_16) / 2i);
      let x_20 = (((left_13 - i_17) / 2i) + pixel_10);
      let ok_21 = ((u32(y_19) < u32(height)) && (u32(x_20) < u32(width)));
      let a_22 = select(0i, (((((image_11 * height) + y_19) * width) + x_20) * channels), ok_21);
      let whole_23 = (depth - (depth % 4i));
      for (var i_24 = 0i; i_24 < whole_23; i_24 += 4i) {
        let l_25 = x[((a_22 + i_24) >> 2u)];
        let l_26 = select(vec4<f32>(0.0f), l_25, ok_21);
        let at_27 = (panel_18 + (i_24 * 4i));
        let r_28 = weights[(at_27 >> 2u)];
        sum_15 = fma(vec4<f32>(l_26.x), r_28, sum_15);
        let at_29 = ((panel_18 + (i_24 * 4i)) + 4i);
        let r_30 = weights[(at_29 >> 2u)];
        sum_15 = fma(vec4<f32>(l_26.y), r_30, sum_15);
        let at_31 = ((panel_18 + (i_24 * 4i)) + 8i);
        let r_32 = weights[(at_31 >> 2u)];
        sum_15 = fma(vec4<f32>(l_26.z), r_32, sum_15);
        let at_33 = ((panel_18 + (i_24 * 4i)) + 12i);
        let r_34 = weights[(at_33 >> 2u)];
        sum_15 = fma(vec4<f32>(l_26.w), r_34, sum_15);
      }
    }
  }
  let pixel_35 = ((pixel_10 * 2i) + phase_9);
  if ((pixel_35 < out_width)) {
    let c_36 = (((line_8 * out_width) + pixel_35) * columns);
    let out_37 = (c_36 + column_14);
    let t_38 = sum_15;
    y[(out_37 >> 2u)] = tanh(clamp(t_38, vec4<f32>((-10.0f)), vec4<f32>(10.0f)));
  }
}
