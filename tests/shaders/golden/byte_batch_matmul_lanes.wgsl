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
@group(0) @binding(1) var<storage, read_write> w: array<vec4<i32>>;
@group(0) @binding(2) var<storage, read_write> terms: array<i32>;
@group(0) @binding(3) var<storage, read> table: array<vec4<i32>>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4<f32>>;
struct Sizes {
  tiles: i32,
  row_tiles: i32,
  rows: i32,
  columns: i32,
  words: i32,
  panels: i32,
  x_stride: i32,
  w_stride: i32,
  shift: i32,
  tile_rows: i32,
}
@group(0) @binding(5) var<uniform> sizes: Sizes;
@compute @workgroup_size(8, 1, 1)
fn i8u8_batch_gemm_lanes2x4_requantize(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let tiles = sizes.tiles;
  let row_tiles = sizes.row_tiles;
  let rows = sizes.rows;
  let columns = sizes.columns;
  let words = sizes.words;
  let panels = sizes.panels;
  let x_stride = sizes.x_stride;
  let w_stride = sizes.w_stride;
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
  let tile_10 = min(tile_6, (tiles - 1i));
  let batch_11 = (tile_10 / row_tiles);
  let row_12 = min(((tile_10 - (batch_11 * row_tiles)) * 2i), (rows - 2i));
  let column_13 = min((panel_8 * 4i), (columns - 4i));
  let panel_14 = ((batch_11 * w_stride) + (panel_8 * ((words + 1i) * 4i)));
  let x_row_15 = ((batch_11 * x_stride) + row_12);
  let begin_16 = (panel_14 + (words * 4i));
  let begin_17 = w[(begin_16 >> 2u)];
  let term_18 = terms[x_row_15];
  var sum_19 = (begin_17 + vec4<i32>(term_18));
  let term_20 = terms[(x_row_15 + 1i)];
  var sum_21 = (begin_17 + vec4<i32>(term_20));
  let a_22 = (x_row_15 * words);
  let a_23 = ((x_row_15 + 1i) * words);
  for (var i_24 = 0i; i_24 < words; i_24 += across_1) {
    let mine_25 = min((i_24 + position_3), (words - 1i));
    let l_26 = x[(a_22 + mine_25)];
    let l_27 = x[(a_23 + mine_25)];
    for (var i_28 = 0i; i_28 < min(across_1, (words - i_24)); i_28 += 1i) {
      let lane_29 = (first_9 + i_28);
      let at_30 = (panel_14 + ((i_24 + i_28) * 4i));
      let r_31 = w[(at_30 >> 2u)];
      let a_32 = subgroupShuffle(l_26, u32(lane_29));
      sum_19 = add_byte_products_x4(sum_19, vec4<i32>(a_32), r_31);
      let a_33 = subgroupShuffle(l_27, u32(lane_29));
      sum_21 = add_byte_products_x4(sum_21, vec4<i32>(a_33), r_31);
    }
  }
  let row_34 = ((batch_11 * rows) + row_12);
  let number_35 = table[0i][(1i & 3i)];
  let number_36 = table[0i][(2i & 3i)];
  let stride_37 = table[0i][(0i & 3i)];
  let at_38 = (column_13 + 8i);
  let row_39 = table[(at_38 >> 2u)];
  let at_40 = ((column_13 + stride_37) + 8i);
  let row_41 = table[(at_40 >> 2u)];
  let at_42 = ((column_13 + (stride_37 * 2i)) + 8i);
  let row_43 = table[(at_42 >> 2u)];
  for (var i_44 = 0i; i_44 < tile_rows; i_44 += 1i) {
    let sum_45 = select(sum_19, sum_21, (i_44 == 1i));
    let c_46 = ((row_34 + i_44) * columns);
    let out_47 = (c_46 + column_13);
    let total_48 = (sum_45 + row_39);
    let twice_49 = (total_48 + total_48);
    let high_50 = (mul_hi_i32x4(twice_49, row_41) + bitcast<vec4<i32>>(((bitcast<vec4<u32>>(twice_49) * bitcast<vec4<u32>>(row_41)) >> vec4<u32>(vec4<u32>(31u)))));
    let scaled_51 = ((high_50 + (((vec4<i32>(1i) << vec4<u32>(row_43)) >> vec4<u32>(vec4<i32>(1i))) + ((high_50 >> vec4<u32>(vec4<i32>(31i))) & (-min(row_43, vec4<i32>(1i)))))) >> vec4<u32>(row_43));
    y[(out_47 >> 2u)] = vec4<f32>(min(max(scaled_51, vec4<i32>(number_35)), vec4<i32>(number_36)));
  }
}
