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
fn add_byte_products_x4(total: vec4<i32>, a: vec4<i32>, b: vec4<i32>) -> vec4<i32> {
  return total + vec4<i32>(dot4I8Packed(bitcast<u32>(a.x), bitcast<u32>(b.x)), dot4I8Packed(bitcast<u32>(a.y), bitcast<u32>(b.y)), dot4I8Packed(bitcast<u32>(a.z), bitcast<u32>(b.z)), dot4I8Packed(bitcast<u32>(a.w), bitcast<u32>(b.w)));
}
@group(0) @binding(0) var<storage, read_write> x: array<i32>;
@group(0) @binding(1) var<storage, read> weights: array<vec4<i32>>;
@group(0) @binding(2) var<storage, read> table: array<vec4<i32>>;
@group(0) @binding(3) var<storage, read_write> y: array<u32>;
struct Sizes {
  rows: i32,
  columns: i32,
  depth: i32,
  stride: i32,
  panels: i32,
  shift: i32,
  tile_rows: i32,
  zero_of_y: i32,
}
@group(0) @binding(4) var<uniform> sizes: Sizes;
@compute @workgroup_size(8, 1, 1)
fn i8i8_gemm_lanes2x4_requantize_i8y(
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
  let zero_of_y = sizes.zero_of_y;
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
  var sum_14 = vec4<i32>(0i);
  var sum_15 = vec4<i32>(0i);
  let panel_16 = ((panel_8 * depth) * 4i);
  for (var i_17 = 0i; i_17 < depth; i_17 += across_1) {
    let mine_18 = min((i_17 + position_3), (depth - 1i));
    let l_19 = x[(a_12 + mine_18)];
    let l_20 = x[(a_13 + mine_18)];
    for (var i_21 = 0i; i_21 < min(across_1, (depth - i_17)); i_21 += 1i) {
      let lane_22 = (first_9 + i_21);
      let at_23 = (panel_16 + ((i_17 + i_21) * 4i));
      let r_24 = weights[(at_23 >> 2u)];
      let a_25 = subgroupShuffle(l_19, u32(lane_22));
      sum_14 = add_byte_products_x4(sum_14, vec4<i32>(a_25), r_24);
      let a_26 = subgroupShuffle(l_20, u32(lane_22));
      sum_15 = add_byte_products_x4(sum_15, vec4<i32>(a_26), r_24);
    }
  }
  let number_27 = table[0i][(1i & 3i)];
  let number_28 = table[0i][(2i & 3i)];
  let stride_29 = table[0i][(0i & 3i)];
  let at_30 = (column_11 + 8i);
  let row_31 = table[(at_30 >> 2u)];
  let at_32 = ((column_11 + stride_29) + 8i);
  let row_33 = table[(at_32 >> 2u)];
  let at_34 = ((column_11 + (stride_29 * 2i)) + 8i);
  let row_35 = table[(at_34 >> 2u)];
  for (var i_36 = 0i; i_36 < tile_rows; i_36 += 1i) {
    let sum_37 = select(sum_14, sum_15, (i_36 == 1i));
    let c_38 = ((row_10 + i_36) * columns);
    let out_39 = (c_38 + column_11);
    let total_40 = (sum_37 + row_31);
    let twice_41 = (total_40 + total_40);
    let high_42 = (mul_hi_i32x4(twice_41, row_33) + bitcast<vec4<i32>>(((bitcast<vec4<u32>>(twice_41) * bitcast<vec4<u32>>(row_33)) >> vec4<u32>(vec4<u32>(31u)))));
    let scaled_43 = ((high_42 + (((vec4<i32>(1i) << vec4<u32>(row_35)) >> vec4<u32>(vec4<i32>(1i))) + ((high_42 >> vec4<u32>(vec4<i32>(31i))) & (-min(row_35, vec4<i32>(1i)))))) >> vec4<u32>(row_35));
    y[(out_39 >> 2u)] = pack4xI8((min(max(scaled_43, vec4<i32>(number_27)), vec4<i32>(number_28)) + vec4<i32>(zero_of_y)));
  }
}
