@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> w: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;
struct Sizes {
  tiles: i32,
  row_tiles: i32,
  rows: i32,
  columns: i32,
  depth: i32,
  x_stride: i32,
  w_stride: i32,
  panels: i32,
  span: i32,
  true_columns: i32,
}
@group(0) @binding(3) var<uniform> sizes: Sizes;
@compute @workgroup_size(8, 1, 1)
fn f32_batch_dot_t1x4x4_tail(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let tiles = sizes.tiles;
  let row_tiles = sizes.row_tiles;
  let rows = sizes.rows;
  let columns = sizes.columns;
  let depth = sizes.depth;
  let x_stride = sizes.x_stride;
  let w_stride = sizes.w_stride;
  let panels = sizes.panels;
  let span = sizes.span;
  let true_columns = sizes.true_columns;
  let gid_1 = i32(global_id.x);
  let gid_2 = i32(global_id.y);
  let flat_3 = (gid_1 + (gid_2 * span));
  let tile_4 = (flat_3 / panels);
  let panel_5 = (flat_3 % panels);
  let tile_6 = min(tile_4, (tiles - 1i));
  let batch_7 = (tile_6 / row_tiles);
  let row_8 = min((tile_6 - (batch_7 * row_tiles)), (rows - 1i));
  let column_9 = min((panel_5 * 4i), (columns - 4i));
  let x_start_10 = (batch_7 * x_stride);
  let w_start_11 = (batch_7 * w_stride);
  let last_12 = (true_columns - 1i);
  let width_13 = (((depth + 3i) / 4i) * 4i);
  let a_14 = (x_start_10 + (row_8 * width_13));
  let b_15 = (w_start_11 + (min(column_9, last_12) * width_13));
  let b_16 = (w_start_11 + (min((column_9 + 1i), last_12) * width_13));
  let b_17 = (w_start_11 + (min((column_9 + 2i), last_12) * width_13));
  let b_18 = (w_start_11 + (min((column_9 + 3i), last_12) * width_13));
  var sum_19 = vec4<f32>(0.0f);
  var sum_20 = vec4<f32>(0.0f);
  var sum_21 = vec4<f32>(0.0f);
  var sum_22 = vec4<f32>(0.0f);
  let whole_23 = (depth - (depth % 4i));
  for (var i_24 = 0i; i_24 < whole_23; i_24 += 4i) {
    let x_25 = x[((a_14 + i_24) >> 2u)];
    let x_26 = w[((b_15 + i_24) >> 2u)];
    let x_27 = w[((b_16 + i_24) >> 2u)];
    let x_28 = w[((b_17 + i_24) >> 2u)];
    let x_29 = w[((b_18 + i_24) >> 2u)];
    sum_19 = fma(x_25, x_26, sum_19);
    sum_20 = fma(x_25, x_27, sum_20);
    sum_21 = fma(x_25, x_28, sum_21);
    sum_22 = fma(x_25, x_29, sum_22);
  }
  for (var i_30 = whole_23; i_30 < depth; i_30 += 4i) {
    let x_31 = x[((a_14 + i_30) >> 2u)];
    let t_32 = select(vec4<f32>(0.0f), x_31, (vec4<i32>(0i, 1i, 2i, 3i) < vec4<i32>((depth - i_30))));
    let x_33 = w[((b_15 + i_30) >> 2u)];
    let t_34 = select(vec4<f32>(0.0f), x_33, (vec4<i32>(0i, 1i, 2i, 3i) < vec4<i32>((depth - i_30))));
    let x_35 = w[((b_16 + i_30) >> 2u)];
    let t_36 = select(vec4<f32>(0.0f), x_35, (vec4<i32>(0i, 1i, 2i, 3i) < vec4<i32>((depth - i_30))));
    let x_37 = w[((b_17 + i_30) >> 2u)];
    let t_38 = select(vec4<f32>(0.0f), x_37, (vec4<i32>(0i, 1i, 2i, 3i) < vec4<i32>((depth - i_30))));
    let x_39 = w[((b_18 + i_30) >> 2u)];
    let t_40 = select(vec4<f32>(0.0f), x_39, (vec4<i32>(0i, 1i, 2i, 3i) < vec4<i32>((depth - i_30))));
    sum_19 = fma(t_32, t_34, sum_19);
    sum_20 = fma(t_32, t_36, sum_20);
    sum_21 = fma(t_32, t_38, sum_21);
    sum_22 = fma(t_32, t_40, sum_22);
  }
  let c_41 = (((batch_7 * rows) + row_8) * columns);
  let sum_42 = sum_19;
  let sum_43 = sum_20;
  let sum_44 = sum_21;
  let sum_45 = sum_22;
  let pair_46 = (vec4<f32>(sum_42.xy, sum_43.xy) + vec4<f32>(sum_42.zw, sum_43.zw));
  let pair_47 = (vec4<f32>(sum_44.xy, sum_45.xy) + vec4<f32>(sum_44.zw, sum_45.zw));
  let t_48 = (vec4<f32>(pair_46.x, pair_46.z, pair_47.x, pair_47.z) + vec4<f32>(pair_46.y, pair_46.w, pair_47.y, pair_47.w));
  let out_49 = (c_41 + column_9);
  y[(out_49 >> 2u)] = t_48;
}
