enable f16;
@group(0) @binding(0) var<storage, read_write> x: array<f16>;
@group(0) @binding(1) var<storage, read> weights: array<vec4<f16>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f16>>;
@group(0) @binding(3) var<storage, read_write> range_flags: array<i32>;
struct Sizes {
  rows: i32,
  columns: i32,
  depth: i32,
  stride: i32,
  panels: i32,
  shift: i32,
  tile_rows: i32,
  slot_of_y: i32,
  row_of_y: i32,
  true_of_y: i32,
}
@group(0) @binding(4) var<uniform> sizes: Sizes;
@compute @workgroup_size(8, 1, 1)
fn f32_gemm_lanes2x4_f16weights_f16x_f16y(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let rows = sizes.rows;
  let columns = sizes.columns;
  let depth = sizes.depth;
  let stride = sizes.stride;
  let panels = sizes.panels;
  let shift = sizes.shift;
  let tile_rows = sizes.tile_rows;
  let slot_of_y = sizes.slot_of_y;
  let row_of_y = sizes.row_of_y;
  let true_of_y = sizes.true_of_y;
  let across_1 = (1i << u32(shift));
  let lid_2 = i32(local_id.x);
  let position_3 = (lid_2 & (across_1 - 1i));
  let teams_4 = (8i >> u32(shift));
  let wg_5 = i32(group_id.y);
  let tile_6 = ((wg_5 * teams_4) + (lid_2 >> u32(shift)));
  let wg_7 = i32(group_id.x);
  let panel_8 = min(((wg_7 << u32(shift)) + position_3), (panels - 1i));
  let first_9 = (lid_2 - position_3);
  let row_10 = min((tile_6 * 2i), (rows - 2i));
  let column_11 = min((panel_8 * 4i), (columns - 4i));
  let a_12 = (row_10 * stride);
  let a_13 = ((row_10 + 1i) * stride);
  var sum_14 = vec4<f32>(0.0f);
  var sum_15 = vec4<f32>(0.0f);
  let panel_16 = ((panel_8 * depth) * 4i);
  for (var i_17 = 0i; i_17 < depth; i_17 += across_1) {
    let mine_18 = min((i_17 + position_3), (depth - 1i));
    let l_19 = f32(x[(a_12 + mine_18)]);
    let l_20 = f32(x[(a_13 + mine_18)]);
    for (var i_21 = 0i; i_21 < min(across_1, (depth - i_17)); i_21 += 1i) {
      let lane_22 = (first_9 + i_21);
      let at_23 = (panel_16 + ((i_17 + i_21) * 4i));
      let r_24 = vec4<f32>(weights[(at_23 >> 2u)]);
      let a_25 = subgroupShuffle(l_19, u32(lane_22));
      sum_14 = fma(vec4<f32>(a_25), r_24, sum_14);
      let a_26 = subgroupShuffle(l_20, u32(lane_22));
      sum_15 = fma(vec4<f32>(a_26), r_24, sum_15);
    }
  }
  for (var i_27 = 0i; i_27 < tile_rows; i_27 += 1i) {
    let sum_28 = select(sum_14, sum_15, (i_27 == 1i));
    let c_29 = ((row_10 + i_27) * columns);
    let out_30 = (c_29 + column_11);
    let at_half_of_store_1 = out_30;
    let half_of_store_2 = sum_28;
    y[(at_half_of_store_1 >> 2u)] = vec4<f16>(half_of_store_2);
    if (any(((!(abs(half_of_store_2) <= vec4<f32>(65504.0f))) & ((vec4<i32>(at_half_of_store_1, (at_half_of_store_1 + 1i), (at_half_of_store_1 + 2i), (at_half_of_store_1 + 3i)) % vec4<i32>(row_of_y)) < vec4<i32>(true_of_y))))) {
      range_flags[slot_of_y] = 1i;
    }
  }
}
