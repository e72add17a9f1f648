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
fn f32_gemm_t2x8_tail2_joined_requantize_wide(
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
  let number_51 = table[0i][(1i & 3i)];
  let number_52 = table[0i][(2i & 3i)];
  let stride_53 = table[0i][(0i & 3i)];
  let at_54 = (channel_41 + 8i);
  let row_55 = table[(at_54 >> 2u)];
  let at_56 = ((channel_41 + stride_53) + 8i);
  let row_57 = table[(at_56 >> 2u)];
  let at_58 = ((channel_41 + (stride_53 * 2i)) + 8i);
  let row_59 = table[(at_58 >> 2u)];
  let out_60 = (c_39 + column_7);
  let high_61 = high[(out_60 >> 2u)];
  let t_62 = sum_11;
  let joined_63 = ((vec4<i32>(high_61) * vec4<i32>(256i)) + vec4<i32>(t_62));
  let total_64 = (joined_63 + row_46);
  let low_65 = (bitcast<vec4<u32>>((total_64 & vec4<i32>(65535i))) * bitcast<vec4<u32>>(row_48));
  let upper_66 = (((total_64 >> vec4<u32>(vec4<i32>(16i))) * row_48) + bitcast<vec4<i32>>((low_65 >> vec4<u32>(vec4<u32>(16u)))));
  let made_67 = (((upper_66 >> vec4<u32>(row_50)) + vec4<i32>(1i)) >> vec4<u32>(vec4<i32>(1i)));
  y[(out_60 >> 2u)] = vec4<f32>(min(max(made_67, vec4<i32>(number_42)), vec4<i32>(number_43)));
  let out_68 = (c_39 + channel_41);
  let high_69 = high[(out_68 >> 2u)];
  let t_70 = sum_12;
  let joined_71 = ((vec4<i32>(high_69) * vec4<i32>(256i)) + vec4<i32>(t_70));
  let total_72 = (joined_71 + row_55);
  let low_73 = (bitcast<vec4<u32>>((total_72 & vec4<i32>(65535i))) * bitcast<vec4<u32>>(row_57));
  let upper_74 = (((total_72 >> vec4<u32>(vec4<i32>(16i))) * row_57) + bitcast<vec4<i32>>((low_73 >> vec4<u32>(vec4<u32>(16u)))));
  let made_75 = (((upper_74 >> vec4<u32>(row_59)) + vec4<i32>(1i)) >> vec4<u32>(vec4<i32>(1i)));
  y[(out_68 >> 2u)] = vec4<f32>(min(max(made_75, vec4<i32>(number_51)), vec4<i32>(number_52)));
  let out_76 = (c_40 + column_7);
  let high_77 = high[(out_76 >> 2u)];
  let t_78 = sum_13;
  let joined_79 = ((vec4<i32>(high_77) * vec4<i32>(256i)) + vec4<i32>(t_78));
  let total_80 = (joined_79 + row_46);
  let low_81 = (bitcast<vec4<u32>>((total_80 & vec4<i32>(65535i))) * bitcast<vec4<u32>>(row_48));
  let upper_82 = (((total_80 >> vec4<u32>(vec4<i32>(16i))) * row_48) + bitcast<vec4<i32>>((low_81 >> vec4<u32>(vec4<u32>(16u)))));
  let made_83 = (((upper_82 >> vec4<u32>(row_50)) + vec4<i32>(1i)) >> vec4<u32>(vec4<i32>(1i)));
  y[(out_76 >> 2u)] = vec4<f32>(min(max(made_83, vec4<i32>(number_42)), vec4<i32>(number_43)));
  let out_84 = (c_40 + channel_41);
  let high_85 = high[(out_84 >> 2u)];
  let t_86 = sum_14;
  let joined_87 = ((vec4<i32>(high_85) * vec4<i32>(256i)) + vec4<i32>(t_86));
  let total_88 = (joined_87 + row_55);
  let low_89 = (bitcast<vec4<u32>>((total_88 & vec4<i32>(65535i))) * bitcast<vec4<u32>>(row_57));
  let upper_90 = (((total_88 >> vec4<u32>(vec4<i32>(16i))) * row_57) + bitcast<vec4<i32>>((low_89 >> vec4<u32>(vec4<u32>(16u)))));
  let made_91 = (((upper_90 >> vec4<u32>(row_59)) + vec4<i32>(1i)) >> vec4<u32>(vec4<i32>(1i)));
  y[(out_84 >> 2u)] = vec4<f32>(min(max(made_91, vec4<i32>(number_51)), vec4<i32>(number_52)));
}
