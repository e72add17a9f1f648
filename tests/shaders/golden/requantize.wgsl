fn mul_hi_u32x4(a: vec4<u32>, b: vec4<u32>) -> vec4<u32> {
  let al = a & vec4<u32>(65535u);
  let ah = a >> vec4<u32>(16u);
  let bl = b & vec4<u32>(65535u);
  let bh = b >> vec4<u32>(16u);
  let lh = al * bh;
  let hl = ah * bl;
  let middle = ((al * bl) >> vec4<u32>(16u)) + (lh & vec4<u32>(65535u)) + (hl & vec4<u32>(65535u));
  return ah * bh + (lh >> vec4<u32>(16u)) + (hl >> vec4<u32>(16u)) + (middle >> vec4<u32>(16u));
}
fn mul_hi_i32x4(a: vec4<i32>, b: vec4<i32>) -> vec4<i32> {
  let high = mul_hi_u32x4(bitcast<vec4<u32>>(a), bitcast<vec4<u32>>(b));
  return bitcast<vec4<i32>>(high) - select(vec4<i32>(0i), b, a < vec4<i32>(0i)) - select(vec4<i32>(0i), a, b < vec4<i32>(0i));
}
@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> table: array<vec4<i32>>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>;
struct Sizes {
  rows: i32,
  columns: i32,
  depth: i32,
  stride: i32,
  panels: i32,
  span: i32,
}
@group(0) @binding(4) var<uniform> sizes: Sizes;
@compute @workgroup_size(8, 1, 1)
fn f32_gemm_t2x8_tail2_requantize(
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
  let out_61 = (c_39 + channel_41);
  let out_62 = (c_40 + column_7);
  let out_63 = (c_40 + channel_41);
  let t_64 = sum_11;
  let total_65 = (vec4<i32>(t_64) + row_46);
  let twice_66 = (total_65 + total_65);
  let high_67 = (mul_hi_i32x4(twice_66, row_48) + bitcast<vec4<i32>>(((bitcast<vec4<u32>>(twice_66) * bitcast<vec4<u32>>(row_48)) >> vec4<u32>(vec4<u32>(31u)))));
  let scaled_68 = ((high_67 + (((vec4<i32>(1i) << vec4<u32>(row_50)) >> vec4<u32>(vec4<i32>(1i))) + ((high_67 >> vec4<u32>(vec4<i32>(31i))) & (-min(row_50, vec4<i32>(1i)))))) >> vec4<u32>(row_50));
  y[(out_60 >> 2u)] = vec4<f32>(min(max(scaled_68, vec4<i32>(number_42)), vec4<i32>(number_43)));
  let t_69 = sum_12;
  let total_70 = (vec4<i32>(t_69) + row_55);
  let twice_71 = (total_70 + total_70);
  let high_72 = (mul_hi_i32x4(twice_71, row_57) + bitcast<vec4<i32>>(((bitcast<vec4<u32>>(twice_71) * bitcast<vec4<u32>>(row_57)) >> vec4<u32>(vec4<u32>(31u)))));
  let scaled_73 = ((high_72 + (((vec4<i32>(1i) << vec4<u32>(row_59)) >> vec4<u32>(vec4<i32>(1i))) + ((high_72 >> vec4<u32>(vec4<i32>(31i))) & (-min(row_59, vec4<i32>(1i)))))) >> vec4<u32>(row_59));
  y[(out_61 >> 2u)] = vec4<f32>(min(max(scaled_73, vec4<i32>(number_51)), vec4<i32>(number_52)));
  let t_74 = sum_13;
  let total_75 = (vec4<i32>(t_74) + row_46);
  let twice_76 = (total_75 + total_75);
  let high_77 = (mul_hi_i32x4(twice_76, row_48) + bitcast<vec4<i32>>(((bitcast<vec4<u32>>(twice_76) * bitcast<vec4<u32>>(row_48)) >> vec4<u32>(vec4<u32>(31u)))));
  let scaled_78 = ((high_77 + (((vec4<i32>(1i) << vec4<u32>(row_50)) >> vec4<u32>(vec4<i32>(1i))) + ((high_77 >> vec4<u32>(vec4<i32>(31i))) & (-min(row_50, vec4<i32>(1i)))))) >> vec4<u32>(row_50));
  y[(out_62 >> 2u)] = vec4<f32>(min(max(scaled_78, vec4<i32>(number_42)), vec4<i32>(number_43)));
  let t_79 = sum_14;
  let total_80 = (vec4<i32>(t_79) + row_55);
  let twice_81 = (total_80 + total_80);
  let high_82 = (mul_hi_i32x4(twice_81, row_57) + bitcast<vec4<i32>>(((bitcast<vec4<u32>>(twice_81) * bitcast<vec4<u32>>(row_57)) >> vec4<u32>(vec4<u32>(31u)))));
  let scaled_83 = ((high_82 + (((vec4<i32>(1i) << vec4<u32>(row_59)) >> vec4<u32>(vec4<i32>(1i))) + ((high_82 >> vec4<u32>(vec4<i32>(31i))) & (-min(row_59, vec4<i32>(1i)))))) >> vec4<u32>(row_59));
  y[(out_63 >> 2u)] = vec4<f32>(min(max(scaled_83, vec4<i32>(number_51)), vec4<i32>(number_52)));
}
