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
  tile_rows: i32,
}
@group(0) @binding(5) var<uniform> sizes: Sizes;
@compute @workgroup_size(8, 1, 1)
fn f32_gemm_lanes4x8by2_bias_relu6_add(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let rows = sizes.rows;
  let columns = sizes.columns;
  let depth = sizes.depth;
  let stride = sizes.stride;
  let panels = sizes.panels;
  let tile_rows = sizes.tile_rows;
  let across_1 = (1i << u32(1i));
  let lid_2 = i32(local_id.x);
  let position_3 = (lid_2 & (across_1 - 1i));
  let teams_4 = (8i >> u32(1i));
  let wg_5 = i32(group_id.y);
  let tile_6 = ((wg_5 * teams_4) + (lid_2 >> u32(1i)));
  let wg_7 = i32(group_id.x);
  let panel_8 = min(((wg_7 << u32(1i)) + position_3), (panels - 1i));
  let first_9 = (lid_2 - position_3);
  let row_10 = min((tile_6 * 4i), (rows - 4i));
  let column_11 = min((panel_8 * 8i), (columns - 8i));
  let mine_12 = min(position_3, 3i);
  let mine_13 = min((position_3 + 2i), 3i);
  let a_14 = ((row_10 + mine_12) * stride);
  let a_15 = ((row_10 + mine_13) * stride);
  var sum_16 = vec4<f32>(0.0f);
  var sum_17 = vec4<f32>(0.0f);
  var sum_18 = vec4<f32>(0.0f);
  var sum_19 = vec4<f32>(0.0f);
  var sum_20 = vec4<f32>(0.0f);
  var sum_21 = vec4<f32>(0.0f);
  var sum_22 = vec4<f32>(0.0f);
  var sum_23 = vec4<f32>(0.0f);
  let panel_24 = ((panel_8 * depth) * 8i);
  for (var i_25 = 0i; i_25 < depth; i_25 += 1i) {
    let l_26 = x[(a_14 + i_25)];
    let l_27 = x[(a_15 + i_25)];
    let at_28 = (panel_24 + (i_25 * 8i));
    let r_29 = weights[(at_28 >> 2u)];
    let r_30 = weights[((at_28 + 4i) >> 2u)];
    let a_31 = subgroupShuffle(l_26, u32(first_9));
    sum_16 = fma(vec4<f32>(a_31), r_29, sum_16);
    sum_17 = fma(vec4<f32>(a_31), r_30, sum_17);
    let a_32 = subgroupShuffle(l_26, u32((first_9 + 1i)));
    sum_18 = fma(vec4<f32>(a_32), r_29, sum_18);
    sum_19 = fma(vec4<f32>(a_32), r_30, sum_19);
    let a_33 = subgroupShuffle(l_27, u32(first_9));
    sum_20 = fma(vec4<f32>(a_33), r_29, sum_20);
    sum_21 = fma(vec4<f32>(a_33), r_30, sum_21);
    let a_34 = subgroupShuffle(l_27, u32((first_9 + 1i)));
    sum_22 = fma(vec4<f32>(a_34), r_29, sum_22);
    sum_23 = fma(vec4<f32>(a_34), r_30, sum_23);
  }
  let channel_35 = (column_11 + 4i);
  let bias_36 = bias[(column_11 >> 2u)];
  let bias_37 = bias[(channel_35 >> 2u)];
  for (var i_38 = 0i; i_38 < tile_rows; i_38 += 1i) {
    let sum_39 = select(sum_16, sum_18, (i_38 == 1i));
    let sum_40 = select(sum_39, sum_20, (i_38 == 2i));
    let sum_41 = select(sum_40, sum_22, (i_38 == 3i));
    let sum_42 = select(sum_17, sum_19, (i_38 == 1i));
    let sum_43 = select(sum_42, sum_21, (i_38 == 2i));
    let sum_44 = select(sum_43, sum_23, (i_38 == 3i));
    let c_45 = ((row_10 + i_38) * columns);
    let out_46 = (c_45 + column_11);
    let out_47 = (c_45 + channel_35);
    let t_48 = (sum_41 + bias_36);
    let residual_49 = residual[(out_46 >> 2u)];
    let t_50 = min(max(t_48, vec4<f32>(0.0f)), vec4<f32>(6.0f));
    y[(out_46 >> 2u)] = (t_50 + residual_49);
    let t_51 = (sum_44 + bias_37);
    let residual_52 = residual[(out_47 >> 2u)];
    let t_53 = min(max(t_51, vec4<f32>(0.0f)), vec4<f32>(6.0f));
    y[(out_47 >> 2u)] = (t_53 + residual_52);
  }
}
