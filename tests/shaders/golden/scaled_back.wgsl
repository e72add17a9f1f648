@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> numbers: array<f32>;
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
fn f32_gemm_t1x4_tail2_scaled_back_chained_bias(
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
  let row_6 = min(tile_4, (rows - 1i));
  let column_7 = min((panel_5 * 4i), (columns - 4i));
  let a_8 = (row_6 * stride);
  let panel_9 = ((panel_5 * depth) * 4i);
  var sum_10 = vec4<f32>(0.0f);
  let whole_11 = (depth - (depth % 4i));
  for (var i_12 = 0i; i_12 < whole_11; i_12 += 4i) {
    let l_13 = x[((a_8 + i_12) >> 2u)];
    let at_14 = (panel_9 + (i_12 * 4i));
    let r_15 = weights[(at_14 >> 2u)];
    sum_10 = fma(vec4<f32>(l_13.x), r_15, sum_10);
    let at_16 = ((panel_9 + (i_12 * 4i)) + 4i);
    let r_17 = weights[(at_16 >> 2u)];
    sum_10 = fma(vec4<f32>(l_13.y), r_17, sum_10);
    let at_18 = ((panel_9 + (i_12 * 4i)) + 8i);
    let r_19 = weights[(at_18 >> 2u)];
    sum_10 = fma(vec4<f32>(l_13.z), r_19, sum_10);
    let at_20 = ((panel_9 + (i_12 * 4i)) + 12i);
    let r_21 = weights[(at_20 >> 2u)];
    sum_10 = fma(vec4<f32>(l_13.w), r_21, sum_10);
  }
  let l_22 = x[((a_8 + whole_11) >> 2u)];
  let at_23 = (panel_9 + (whole_11 * 4i));
  let r_24 = weights[(at_23 >> 2u)];
  sum_10 = fma(vec4<f32>(l_22.x), r_24, sum_10);
  let at_25 = ((panel_9 + (whole_11 * 4i)) + 4i);
  let r_26 = weights[(at_25 >> 2u)];
  sum_10 = fma(vec4<f32>(l_22.y), r_26, sum_10);
  let c_27 = (row_6 * columns);
  let numbers_28 = numbers[2i];
  let stride_29 = table[0i][(0i & 3i)];
  let at_30 = (column_7 + 8i);
  let row_31 = table[(at_30 >> 2u)];
  let at_32 = ((column_7 + stride_29) + 8i);
  let row_33 = table[(at_32 >> 2u)];
  let out_34 = (c_27 + column_7);
  let t_35 = sum_10;
  let row_36 = bitcast<vec4<f32>>(row_31);
  let row_37 = bitcast<vec4<f32>>(row_33);
  let product_38 = bitcast<vec4<f32>>(min(bitcast<vec4<u32>>((bitcast<vec4<f32>>(min(bitcast<vec4<u32>>((t_35 * row_36)), vec4<u32>(4294967294u))) * vec4<f32>(numbers_28))), vec4<u32>(4294967294u)));
  y[(out_34 >> 2u)] = (product_38 + row_37);
}
