@group(0) @binding(0) var<storage, read_write> x: array<f32>;
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
  kernel_height: i32,
  kernel_width: i32,
  tile_rows: i32,
}
@group(0) @binding(3) var<uniform> sizes: Sizes;
@compute @workgroup_size(8, 1, 1)
fn f32_deconv2d_s2x2_nhwc_lanes2x4(
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
  let kernel_height = sizes.kernel_height;
  let kernel_width = sizes.kernel_width;
  let tile_rows = sizes.tile_rows;
  let lid_1 = i32(local_id.x);
  let wg_2 = i32(group_id.x);
  let panel_3 = min(((wg_2 * 8i) + lid_1), (panels - 1i));
  let wg_4 = i32(group_id.y);
  let rest_5 = (wg_4 / blocks);
  let line_6 = (rest_5 / 2i);
  let phase_7 = (rest_5 - (line_6 * 2i));
  let pixel_8 = min(((wg_4 - (rest_5 * blocks)) * 2i), (((out_width + 1i) / 2i) - 2i));
  let image_9 = (line_6 / out_height);
  let top_10 = ((line_6 - (image_9 * out_height)) + above);
  let left_11 = (phase_7 + before);
  let column_12 = min((panel_3 * 4i), (columns - 4i));
  var sum_13 = vec4<f32>(0.0f);
  var sum_14 = vec4<f32>(0.0f);
  for (var i_15 = (top_10 % 2i); i_15 < kernel_height; i_15 += 2i) {
    for (var i_16 = (left_11 % 2i); i_16 < kernel_width; i_16 += 2i) {
      let panel_17 = (((((panel_3 * (kernel_height * kernel_width)) + (i_15 * kernel_width)) + i_16) * depth) * 4i);
      let y_18 = ((top_10 - i_15) / 2i);
      let x_19 = (((left_11 - i_16) / 2i) + pixel_8);
      let ok_20 = ((u32(y_18) < u32(height)) && (u32(x_19) < u32(width)));
      let ok_21 = ((u32(y_18) < u32(height)) && (u32((x_19 + 1i)) < u32(width)));
      let a_22 = select(0i, (((((image_9 * height) + y_18) * width) + x_19) * channels), ok_20);
      let a_23 = select(0i, (((((image_9 * height) + y_18) * width) + (x_19 + 1i)) * channels), ok_21);
      for (var i_24 = 0i; i_24 < depth; i_24 += 8i) {
        let mine_25 = min((i_24 + lid_1), (depth - 1i));
        let l_26 = x[(a_22 + mine_25)];
        let l_27 = x[(a_23 + mine_25)];
        let l_28 = select(0.0f, l_26, ok_20);
        let l_29 = select(0.0f, l_27, ok_21);
        for (var i_30 = 0i; i_30 < min(8i, (depth - i_24)); i_30 += 1i) {
          let at_31 = (panel_17 + ((i_24 + i_30) * 4i));
          let r_32 = weights[(at_31 >> 2u)];
          let a_33 = subgroupShuffle(l_28, u32(i_30));
          sum_13 = fma(vec4<f32>(a_33), r_32, sum_13);
          let a_34 = subgroupShuffle(l_29, u32(i_30));
          sum_14 = fma(vec4<f32>(a_34), r_32, sum_14);
        }
      }
    }
  }
  for (var i_35 = 0i; i_35 < tile_rows; i_35 += 1i) {
    let pixel_36 = (((pixel_8 + i_35) * 2i) + phase_7);
    if ((pixel_36 < out_width)) {
      let sum_37 = select(sum_13, sum_14, (i_35 == 1i));
      let c_38 = (((line_6 * out_width) + pixel_36) * columns);
      let out_39 = (c_38 + column_12);
      y[(out_39 >> 2u)] = sum_37;
    }
  }
}
