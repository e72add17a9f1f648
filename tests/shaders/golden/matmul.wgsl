@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
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
  span: i32,
}
@group(0) @binding(5) var<uniform> sizes: Sizes;
@compute @workgroup_size(8, 1, 1)
fn f32_gemm_t2x8_tail2_bias_relu6_add(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let rows = sizes.rows;
  let columns = sizes.columns;
  let depth = sizes.depth;
  let stride = sizes.stride;
  let panels = sizes.panels;
  let span = sizes.span;
  let gid_1 = i32(global_id.x);
  let gid_2 = i32(global_id.y);
  let flat_3 = (gid_1 + (gid_2 * span));
  let tile_4 = (flat_3 / panels);
  let panel_5 = (flat_3 % panels);
  let row_6 = min((tile_4 * 2i), (rows - 2i));
  let column_7 = min((panel_5 * 8i), (columns - 8i));
  let a_8 = (row_6 * stride);
  let a_9 = ((row_6 + 1i) * stride);
  let panel_10 = ((panel_5 * depth) * 8i);
  var sum_11 = vec4<f32>(0.0f);
  var sum_12 = vec4<f32>(0.0f);
  var sum_13 = vec4<f32>(0.0f);
  var sum_14 = vec4<f32>(0.0f);
  let whole_15 = (depth - (depth % 4i));
  for (var i_16 = 0i; i_16 < whole_15; i_16 += 4i) {
    let l_17 = x[((a_8 + i_16) >> 2u)];
    let l_18 = x[((a_9 + i_16) >> 2u)];
    let at_19 = (panel_10 + (i_16 * 8i));
    let r_20 = weights[(at_19 >> 2u)];
    let r_21 = weights[((at_19 + 4i) >> 2u)];
    sum_11 = fma(vec4<f32>(l_17.x), r_20, sum_11);
    sum_12 = fma(vec4<f32>(l_17.x), r_21, sum_12);
    sum_13 = fma(vec4<f32>(l_18.x), r_20, sum_13);
    sum_14 = fma(vec4<f32>(l_18.x), r_21, sum_14);
    let at_22 = ((panel_10 + (i_16 * 8i)) + 8i);
    let r_23 = weights[(at_22 >> 2u)];
    let r_24 = weights[((at_22 + 4i) >> 2u)];
    sum_11 = fma(vec4<f32>(l_17.y), r_23, sum_11);
    sum_12 = fma(vec4<f32>(l_17.y), r_24, sum_12);
    sum_13 = fma(vec4<f32>(l_18.y), r_23, sum_13);
    sum_14 = fma(vec4<f32>(l_18.y), r_24, sum_14);
    let at_25 = ((panel_10 + (i_16 * 8i)) + 16i);
    let r_26 = weights[(at_25 >> 2u)];
    let r_27 = weights[((at_25 + 4i) >> 2u)];
    sum_11 = fma(vec4<f32>(l_17.z), r_26, sum_11);
    sum_12 = fma(vec4<f32>(l_17.z), r_27, sum_12);
    sum_13 = fma(vec4<f32>(l_18.z), r_26, sum_13);
    sum_14 = fma(vec4<f32>(l_18.z), r_27, sum_14);
    let at_28 = ((panel_10 + (i_16 * 8i)) + 24i);
    let r_29 = weights[(at_28 >> 2u)];
    let r_30 = weights[((at_28 + 4i) >> 2u)];
    sum_11 = fma(vec4<f32>(l_17.w), r_29, sum_11);
    sum_12 = fma(vec4<f32>(l_17.w), r_30, sum_12);
    sum_13 = fma(vec4<f32>(l_18.w), r_29, sum_13);
    sum_14 = fma(vec4<f32>(l_18.w), r_30, sum_14);
  }
  let l_31 = x[((a_8 + whole_15) >> 2u)];
  let l_32 = x[((a_9 + whole_15) >> 2u)];
  let at_33 = (panel_10 + (whole_15 * 8i));
  let r_34 = weights[(at_33 >> 2u)];
  let r_35 = weights[((at_33 + 4i) >> 2u)];
  sum_11 = fma(vec4<f32>(l_31.x), r_34, sum_11);
  sum_12 = fma(vec4<f32>(l_31.x), r_35, sum_12);
  sum_13 = fma(vec4<f32>(l_32.x), r_34, sum_13);
  sum_14 = fma(vec4<f32>(l_32.x), r_35, sum_14);
  let at_36 = ((panel_10 + (whole_15 * 8i)) + 8i);
  let r_37 = weights[(at_36 >> 2u)];
  let r_38 = weights[((at_36 + 4i) >> 2u)];
  sum_11 = fma(vec4<f32>(l_31.y), r_37, sum_11);
  sum_12 = fma(vec4<f32>(l_31.y), r_38, sum_12);
  sum_13 = fma(vec4<f32>(l_32.y), r_37, sum_13);
  sum_14 = fma(vec4<f32>(l_32.y), r_38, sum_14);
  let c_39 = (row_6 * columns);
  let c_40 = ((row_6 + 1i) * columns);
  let channel_41 = (column_7 + 4i);
  let bias_42 = bias[(column_7 >> 2u)];
  let bias_43 = bias[(channel_41 >> 2u)];
  let out_44 = (c_39 + column_7);
  let out_45 = (c_39 + channel_41);
  let out_46 = (c_40 + column_7);
  let out_47 = (c_40 + channel_41);
  let t_48 = sum_11;
  let t_49 = (t_48 + bias_42);
  let residual_50 = residual[(out_44 >> 2u)];
  let t_51 = min(max(t_49, vec4<f32>(0.0f)), vec4<f32>(6.0f));
  y[(out_44 >> 2u)] = (t_51 + residual_50);
  let t_52 = sum_12;
  let t_53 = (t_52 + bias_43);
  let residual_54 = residual[(out_45 >> 2u)];
  let t_55 = min(max(t_53, vec4<f32>(0.0f)), vec4<f32>(6.0f));
  y[(out_45 >> 2u)] = (t_55 + residual_54);
  let t_56 = sum_13;
  let t_57 = (t_56 + bias_42);
  let residual_58 = residual[(out_46 >> 2u)];
  let t_59 = min(max(t_57, vec4<f32>(0.0f)), vec4<f32>(6.0f));
  y[(out_46 >> 2u)] = (t_59 + residual_58);
  let t_60 = sum_14;
  let t_61 = (t_60 + bias_43);
  let residual_62 = residual[(out_47 >> 2u)];
  let t_63 = min(max(t_61, vec4<f32>(0.0f)), vec4<f32>(6.0f));
  y[(out_47 >> 2u)] = (t_63 + residual_62);
}
