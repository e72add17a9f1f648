@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> high: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> table: array<vec4<i32>>;
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
fn f32_gemm_t2x8_tail2_requantize_wide(
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
  let number_42 = table[0i][(1i & 3i)];
  let number_43 = table[0i][(2i & 3i)];
  let stride_44 = table[0i][(0i & 3i)];
  let at_45 = (column_7 + 8i);
  let row_46 = table[(at_45 >> 2u)];
  let at_47 = ((column_7 + stride_44) + 8i);
  let row_48 = table[(at_47 >> 2u)];
  let at_49 = ((column_7 + (stride_44 * 2i)) + 8i);
  let row_50 = table[(at_49 >> 2u)];
  let at_51 = ((column_7 + (stride_44 * 3i)) + 8i);
  let row_52 = table[(at_51 >> 2u)];
  let number_53 = table[0i][(1i & 3i)];
  let number_54 = table[0i][(2i & 3i)];
  let stride_55 = table[0i][(0i & 3i)];
  let at_56 = (channel_41 + 8i);
  let row_57 = table[(at_56 >> 2u)];
  let at_58 = ((channel_41 + stride_55) + 8i);
  let row_59 = table[(at_58 >> 2u)];
  let at_60 = ((channel_41 + (stride_55 * 2i)) + 8i);
  let row_61 = table[(at_60 >> 2u)];
  let at_62 = ((channel_41 + (stride_55 * 3i)) + 8i);
  let row_63 = table[(at_62 >> 2u)];
  let out_64 = (c_39 + column_7);
  let out_65 = (c_39 + channel_41);
  let out_66 = (c_40 + column_7);
  let out_67 = (c_40 + channel_41);
  let high_68 = high[(out_64 >> 2u)];
  let t_69 = sum_11;
  let high_70 = vec4<i32>(high_68);
  let low_71 = ((vec4<i32>(t_69) + ((high_70 & vec4<i32>(255i)) * vec4<i32>(256i))) + row_48);
  let total_72 = (((high_70 >> vec4<u32>(vec4<i32>(8i))) + row_46) + (low_71 >> vec4<u32>(vec4<i32>(16i))));
  let rest_73 = (low_71 & vec4<i32>(65535i));
  let low_74 = (bitcast<vec4<u32>>(rest_73) * bitcast<vec4<u32>>(row_50));
  let upper_75 = ((total_72 * row_50) + bitcast<vec4<i32>>((low_74 >> vec4<u32>(vec4<u32>(16u)))));
  let made_76 = (((upper_75 >> vec4<u32>(row_52)) + vec4<i32>(1i)) >> vec4<u32>(vec4<i32>(1i)));
  y[(out_64 >> 2u)] = vec4<f32>(min(max(made_76, vec4<i32>(number_42)), vec4<i32>(number_43)));
  let high_77 = high[(out_65 >> 2u)];
  let t_78 = sum_12;
  let high_79 = vec4<i32>(high_77);
  let low_80 = ((vec4<i32>(t_78) + ((high_79 & vec4<i32>(255i)) * vec4<i32>(256i))) + row_59);
  let total_81 = (((high_79 >> vec4<u32>(vec4<i32>(8i))) + row_57) + (low_80 >> vec4<u32>(vec4<i32>(16i))));
  let rest_82 = (low_80 & vec4<i32>(65535i));
  let low_83 = (bitcast<vec4<u32>>(rest_82) * bitcast<vec4<u32>>(row_61));
  let upper_84 = ((total_81 * row_61) + bitcast<vec4<i32>>((low_83 >> vec4<u32>(vec4<u32>(16u)))));
  let made_85 = (((upper_84 >> vec4<u32>(row_63)) + vec4<i32>(1i)) >> vec4<u32>(vec4<i32>(1i)));
  y[(out_65 >> 2u)] = vec4<f32>(min(max(made_85, vec4<i32>(number_53)), vec4<i32>(number_54)));
  let high_86 = high[(out_66 >> 2u)];
  let t_87 = sum_13;
  let high_88 = vec4<i32>(high_86);
  let low_89 = ((vec4<i32>(t_87) + ((high_88 & vec4<i32>(255i)) * vec4<i32>(256i))) + row_48);
  let total_90 = (((high_88 >> vec4<u32>(vec4<i32>(8i))) + row_46) + (low_89 >> vec4<u32>(vec4<i32>(16i))));
  let rest_91 = (low_89 & vec4<i32>(65535i));
  let low_92 = (bitcast<vec4<u32>>(rest_91) * bitcast<vec4<u32>>(row_50));
  let upper_93 = ((total_90 * row_50) + bitcast<vec4<i32>>((low_92 >> vec4<u32>(vec4<u32>(16u)))));
  let made_94 = (((upper_93 >> vec4<u32>(row_52)) + vec4<i32>(1i)) >> vec4<u32>(vec4<i32>(1i)));
  y[(out_66 >> 2u)] = vec4<f32>(min(max(made_94, vec4<i32>(number_42)), vec4<i32>(number_43)));
  let high_95 = high[(out_67 >> 2u)];
  let t_96 = sum_14;
  let high_97 = vec4<i32>(high_95);
  let low_98 = ((vec4<i32>(t_96) + ((high_97 & vec4<i32>(255i)) * vec4<i32>(256i))) + row_59);
  let total_99 = (((high_97 >> vec4<u32>(vec4<i32>(8i))) + row_57) + (low_98 >> vec4<u32>(vec4<i32>(16i))));
  let rest_100 = (low_98 & vec4<i32>(65535i));
  let low_101 = (bitcast<vec4<u32>>(rest_100) * bitcast<vec4<u32>>(row_61));
  let upper_102 = ((total_99 * row_61) + bitcast<vec4<i32>>((low_101 >> vec4<u32>(vec4<u32>(16u)))));
  let made_103 = (((upper_102 >> vec4<u32>(row_63)) + vec4<i32>(1i)) >> vec4<u32>(vec4<i32>(1i)));
  y[(out_67 >> 2u)] = vec4<f32>(min(max(made_103, vec4<i32>(number_53)), vec4<i32>(number_54)));
}
