@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> w: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;
struct Sizes {
  tiles: i32,
  row_tiles: i32,
  rows: i32,
  columns: i32,
  depth: i32,
  panels: i32,
  x_stride: i32,
  x_pitch: i32,
  x_line: i32,
  w_stride: i32,
  w_pitch: i32,
  w_line: i32,
  true_columns: i32,
  shift: i32,
  tile_rows: i32,
}
@group(0) @binding(3) var<uniform> sizes: Sizes;
@compute @workgroup_size(8, 1, 1)
fn f32_batch_gemm_lanes1x4_adjy(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let tiles = sizes.tiles;
  let row_tiles = sizes.row_tiles;
  let rows = sizes.rows;
  let columns = sizes.columns;
  let depth = sizes.depth;
  let panels = sizes.panels;
  let x_stride = sizes.x_stride;
  let x_pitch = sizes.x_pitch;
  let x_line = sizes.x_line;
  let w_stride = sizes.w_stride;
  let w_pitch = sizes.w_pitch;
  let w_line = sizes.w_line;
  let true_columns = sizes.true_columns;
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
  let tile_10 = min(tile_6, (tiles - 1i));
  let batch_11 = (tile_10 / row_tiles);
  let row_12 = min((tile_10 - (batch_11 * row_tiles)), (rows - 1i));
  let column_13 = min((panel_8 * 4i), (columns - 4i));
  let a_14 = ((batch_11 * x_stride) + (row_12 * x_line));
  let first_15 = (batch_11 * w_stride);
  let line_16 = (min(column_13, (true_columns - 1i)) * w_line);
  let line_17 = (min((column_13 + 1i), (true_columns - 1i)) * w_line);
  let line_18 = (min((column_13 + 2i), (true_columns - 1i)) * w_line);
  let line_19 = (min((column_13 + 3i), (true_columns - 1i)) * w_line);
  var sum_20 = vec4<f32>(0.0f);
  for (var i_21 = 0i; i_21 < depth; i_21 += across_1) {
    let mine_22 = min((i_21 + position_3), (depth - 1i));
    let mine_23 = (mine_22 * x_pitch);
    let l_24 = x[(a_14 + mine_23)];
    for (var i_25 = 0i; i_25 < min(across_1, (depth - i_21)); i_25 += 1i) {
      let lane_26 = (first_9 + i_25);
      let at_27 = (first_15 + ((i_21 + i_25) * w_pitch));
      let x_28 = w[(at_27 + line_16)];
      let x_29 = w[(at_27 + line_17)];
      let x_30 = w[(at_27 + line_18)];
      let x_31 = w[(at_27 + line_19)];
      let r_32 = vec4<f32>(x_28, x_29, x_30, x_31);
      let a_33 = subgroupShuffle(l_24, u32(lane_26));
      sum_20 = fma(vec4<f32>(a_33), r_32, sum_20);
    }
  }
  let row_34 = ((batch_11 * rows) + row_12);
  for (var i_35 = 0i; i_35 < tile_rows; i_35 += 1i) {
    let c_36 = ((row_34 + i_35) * columns);
    let out_37 = (c_36 + column_13);
    y[(out_37 >> 2u)] = sum_20;
  }
}
