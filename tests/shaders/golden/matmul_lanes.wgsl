@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> bias: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> residual: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4<f32>>;
struct Sizes {
  rows: i32,
  columns: i32,
  depth: i32,
  stride: i32,
  panels: i32,
  shift: i32,
  tile_rows: i32,
}
@group(0) @binding(5) var<uniform> sizes: Sizes;
@compute @workgroup_size(8, 1, 1)
fn f32_gemm_lanes3x8_bias_relu6_add(
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
  let across_1 = (1i << u32(shift));
  let lid_2 = i32(local_id.x);
  let position_3 = (lid_2 & (across_1 - 1i));
  let teams_4 = (8i >> u32(shift));
  let wg_5 = i32(group_id.y);
  let tile_6 = ((wg_5 * teams_4) + (lid_2 >> u32(shift)));
  let wg_7 = i32(group_id.x);
  let panel_8 = min(((wg_7 << u32(shift)) + position_3), (panels - 1i));
  let first_9 = (lid_2 - position_3);
  let row_10 = min((tile_6 * 3i), (rows - 3i));
  let column_11 = min((panel_8 * 8i), (columns - 8i));
  let a_12 = (row_10 * stride);
  let a_13 = ((row_10 + 1i) * stride);
  let a_14 = ((row_10 + 2i) * stride);
  var sum_15 = vec4<f32>(0.0f);
  var sum_16 = vec4<f32>(0.0f);
  var sum_17 = vec4<f32>(0.0f);
  var sum_18 = vec4<f32>(0.0f);
  var sum_19 = vec4<f32>(0.0f);
  var sum_20 = vec4<f32>(0.0f);
  let panel_21 = ((panel_8 * depth) * 8i);
  for (var i_22 = 0i; i_22 < depth; i_22 += across_1) {
    let mine_23 = min((i_22 + position_3), (depth - 1i));
    let l_24 = x[(a_12 + mine_23)];
    let l_25 = x[(a_13 + mine_23)];
    let l_26 = x[(a_14 + mine_23)];
    for (var i_27 = 0i; i_27 < min(across_1, (depth - i_22)); i_27 += 1i) {
      let lane_28 = (first_9 + i_27);
      let at_29 = (panel_21 + ((i_22 + i_27) * 8i));
      let r_30 = weights[(at_29 >> 2u)];
      let r_31 = weights[((at_29 + 4i) >> 2u)];
      let a_32 = subgroupShuffle(l_24, u32(lane_28));
      sum_15 = fma(vec4<f32>(a_32), r_30, sum_15);
      sum_16 = fma(vec4<f32>(a_32), r_31, sum_16);
      let a_33 = subgroupShuffle(l_25, u32(lane_28));
      sum_17 = fma(vec4<f32>(a_33), r_30, sum_17);
      sum_18 = fma(vec4<f32>(a_33), r_31, sum_18);
      let a_34 = subgroupShuffle(l_26, u32(lane_28));
      sum_19 = fma(vec4<f32>(a_34), r_30, sum_19);
      sum_20 = fma(vec4<f32>(a_34), r_31, sum_20);
    }
  }
  let channel_35 = (column_11 + 4i);
  let bias_36 = bias[(column_11 >> 2u)];
  let bias_37 = bias[(channel_35 >> 2u)];
  for (var i_38 = 0i; i_38 < tile_rows; i_38 += 1i) {
    let sum_39 = select(sum_15, sum_17, (i_38 == 1i));
    let sum_40 = select(sum_39, sum_19, (i_38 == 2i));
    let sum_41 = select(sum_16, sum_18, (i_38 == 1i));
    let sum_42 = select(sum_41, sum_20, (i_38 == 2i));
    let c_43 = ((row_10 + i_38) * columns);
    let out_44 = (c_43 + column_11);
    let out_45 = (c_43 + channel_35);
    let t_46 = (sum_40 + bias_36);
    let residual_47 = residual[(out_44 >> 2u)];
    let t_48 = min(max(t_46, vec4<f32>(0.0f)), vec4<f32>(6.0f));
    y[(out_44 >> 2u)] = (t_48 + residual_47);
    let t_49 = (sum_42 + bias_37);
    let residual_50 = residual[(out_45 >> 2u)];
    let t_51 = min(max(t_49, vec4<f32>(0.0f)), vec4<f32>(6.0f));
    y[(out_45 >> 2u)] = (t_51 + residual_50);
  }
}
