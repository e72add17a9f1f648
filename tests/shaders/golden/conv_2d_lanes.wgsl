@group(0) @binding(0) var<storage, read_write> x: array<f32>;
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
  shift: i32,
  tile_rows: i32,
}
@group(0) @binding(3) var<uniform> sizes: Sizes;
@compute @workgroup_size(8, 1, 1)
fn f32_conv2d_3x3s2_nhwc_lanes2x4(
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
  let shift = sizes.shift;
  let tile_rows = sizes.tile_rows;
  let across_1 = (1i << u32(shift));
  let lid_2 = i32(local_id.x);
  let position_3 = (lid_2 & (across_1 - 1i));
  let teams_4 = (8i >> u32(shift));
  let wg_5 = i32(group_id.y);
  let tile_6 = ((wg_5 * teams_4) + (lid_2 >> u32(shift)));
  let wg_7 = i32(group_id.x);
  let panel_8 = min(((wg_7 << u32(shift)) + position_3), (panels - 1i));
  let first_9 = (lid_2 - position_3);
  let row_10 = min((tile_6 * 2i), (pixels - 2i));
  let column_11 = min((panel_8 * 4i), (group_columns - 4i));
  let size_12 = ((height * width) * channels);
  let line_13 = (row_10 / out_width);
  let image_14 = (line_13 / out_height);
  let down_15 = (line_13 - (image_14 * out_height));
  let across_16 = (row_10 - (line_13 * out_width));
  let top_17 = ((down_15 * 2i) - above);
  let left_18 = ((across_16 * 2i) - before);
  let picture_19 = (image_14 * size_12);
  let turn_20 = ((across_16 + 1i) == out_width);
  let lower_21 = select(down_15, (down_15 + 1i), turn_20);
  let over_22 = (lower_21 == out_height);
  let across_23 = select((across_16 + 1i), 0i, turn_20);
  let down_24 = select(lower_21, 0i, over_22);
  let image_25 = select(image_14, (image_14 + 1i), over_22);
  let top_26 = ((down_24 * 2i) - above);
  let left_27 = ((across_23 * 2i) - before);
  let picture_28 = (image_25 * size_12);
  var sum_29 = vec4<f32>(0.0f);
  var sum_30 = vec4<f32>(0.0f);
  let first_31 = (panel_8 * (depth * 36i));
  for (var i_32 = 0i; i_32 < 3i; i_32 += 1i) {
    for (var i_33 = 0i; i_33 < 3i; i_33 += 1i) {
      let panel_34 = (first_31 + ((((i_32 * 3i) + i_33) * depth) * 4i));
      let ok_35 = ((u32((top_17 + i_32)) < u32(height)) && (u32((left_18 + i_33)) < u32(width)));
      let ok_36 = ((u32((top_26 + i_32)) < u32(height)) && (u32((left_27 + i_33)) < u32(width)));
      let a_37 = select(0i, (picture_19 + ((((top_17 + i_32) * width) + (left_18 + i_33)) * channels)), ok_35);
      let a_38 = select(0i, (picture_28 + ((((top_26 + i_32) * width) + (left_27 + i_33)) * channels)), ok_36);
      for (var i_39 = 0i; i_39 < depth; i_39 += across_1) {
        let mine_40 = min((i_39 + position_3), (depth - 1i));
        let l_41 = x[(a_37 + mine_40)];
        let l_42 = x[(a_38 + mine_40)];
        let l_43 = select(0.0f, l_41, ok_35);
        let l_44 = select(0.0f, l_42, ok_36);
        for (var i_45 = 0i; i_45 < min(across_1, (depth - i_39)); i_45 += 1i) {
          let lane_46 = (first_9 + i_45);
          let at_47 = (panel_34 + ((i_39 + i_45) * 4i));
          let r_48 = weights[(at_47 >> 2u)];
          let a_49 = subgroupShuffle(l_43, u32(lane_46));
          sum_29 = fma(vec4<f32>(a_49), r_48, sum_29);
          let a_50 = subgroupShuffle(l_44, u32(lane_46));
          sum_30 = fma(vec4<f32>(a_50), r_48, sum_30);
        }
      }
    }
  }
  for (var i_51 = 0i; i_51 < tile_rows; i_51 += 1i) {
    let sum_52 = select(sum_29, sum_30, (i_51 == 1i));
    let c_53 = ((row_10 + i_51) * columns);
    let out_54 = (c_53 + column_11);
    y[(out_54 >> 2u)] = sum_52;
  }
}
