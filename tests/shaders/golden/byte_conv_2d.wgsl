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
@group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>;
struct Sizes {
  nothing: i32,
  pixels: i32,
  out_height: i32,
  out_width: i32,
  height: i32,
  width: i32,
  channels: i32,
  above: i32,
  before: i32,
  columns: i32,
  group_columns: i32,
  depth: i32,
  panels: i32,
  span: i32,
}
@group(0) @binding(4) var<uniform> sizes: Sizes;
@compute @workgroup_size(64, 1, 1)
fn i8i8_conv2d_3x3_nhwc_t2x4_requantize(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let nothing = sizes.nothing;
  let pixels = sizes.pixels;
  let out_height = sizes.out_height;
  let out_width = sizes.out_width;
  let height = sizes.height;
  let width = sizes.width;
  let channels = sizes.channels;
  let above = sizes.above;
  let before = sizes.before;
  let columns = sizes.columns;
  let group_columns = sizes.group_columns;
  let depth = sizes.depth;
  let panels = sizes.panels;
  let span = sizes.span;
  let gid_1 = i32(global_id.x);
  let gid_2 = i32(global_id.y);
  let flat_3 = (gid_1 + (gid_2 * span));
  let tile_4 = (flat_3 / panels);
  let panel_5 = (flat_3 % panels);
  let row_6 = min((tile_4 * 2i), (pixels - 2i));
  let column_7 = min((panel_5 * 4i), (group_columns - 4i));
  let line_8 = (row_6 / out_width);
  let image_9 = (line_8 / out_height);
  let top_10 = ((line_8 - (image_9 * out_height)) - above);
  let left_11 = ((row_6 - (line_8 * out_width)) - before);
  let picture_12 = (image_9 * ((height * width) * channels));
  let line_13 = ((row_6 + 1i) / out_width);
  let image_14 = (line_13 / out_height);
  let top_15 = ((line_13 - (image_14 * out_height)) - above);
  let left_16 = (((row_6 + 1i) - (line_13 * out_width)) - before);
  let picture_17 = (image_14 * ((height * width) * channels));
  var sum_18 = vec4<i32>(0i);
  var sum_19 = vec4<i32>(0i);
  let first_20 = (panel_5 * (depth * 36i));
  for (var i_21 = 0i; i_21 < 3i; i_21 += 1i) {
    for (var i_22 = 0i; i_22 < 3i; i_22 += 1i) {
      let panel_23 = (first_20 + ((((i_21 * 3i) + i_22) * depth) * 4i));
      let ok_24 = ((u32((top_10 + i_21)) < u32(height)) && (u32((left_11 + i_22)) < u32(width)));
      let ok_25 = ((u32((top_15 + i_21)) < u32(height)) && (u32((left_16 + i_22)) < u32(width)));
      let a_26 = select(0i, (picture_12 + ((((top_10 + i_21) * width) + (left_11 + i_22)) * channels)), ok_24);
      let a_27 = select(0i, (picture_17 + ((((top_15 + i_21) * width) + (left_16 + i_22)) * channels)), ok_25);
      for (var i_28 = 0i; i_28 < depth; i_28 += 1i) {
        let l_29 = x[(a_26 + i_28)];
        let l_30 = x[(a_27 + i_28)];
        let l_31 = select(nothing, l_29, ok_24);
        let l_32 = select(nothing, l_30, ok_25);
        let at_33 = (panel_23 + (i_28 * 4i));
        let r_34 = weights[(at_33 >> 2u)];
        sum_18 = add_byte_products_x4(sum_18, vec4<i32>(l_31), r_34);
        sum_19 = add_byte_products_x4(sum_19, vec4<i32>(l_32), r_34);
      }
    }
  }
  let c_35 = (row_6 * columns);
  let c_36 = ((row_6 + 1i) * columns);
  let number_37 = table[0i][(1i & 3i)];
  let number_38 = table[0i][(2i & 3i)];
  let stride_39 = table[0i][(0i & 3i)];
  let at_40 = (column_7 + 8i);
  let row_41 = table[(at_40 >> 2u)];
  let at_42 = ((column_7 + stride_39) + 8i);
  let row_43 = table[(at_42 >> 2u)];
  let at_44 = ((column_7 + (stride_39 * 2i)) + 8i);
  let row_45 = table[(at_44 >> 2u)];
  let out_46 = (c_35 + column_7);
  let out_47 = (c_36 + column_7);
  let t_48 = sum_18;
  let total_49 = (t_48 + row_41);
  let twice_50 = (total_49 + total_49);
  let high_51 = (mul_hi_i32x4(twice_50, row_43) + bitcast<vec4<i32>>(((bitcast<vec4<u32>>(twice_50) * bitcast<vec4<u32>>(row_43)) >> vec4<u32>(vec4<u32>(31u)))));
  let scaled_52 = ((high_51 + (((vec4<i32>(1i) << vec4<u32>(row_45)) >> vec4<u32>(vec4<i32>(1i))) + ((high_51 >> vec4<u32>(vec4<i32>(31i))) & (-min(row_45, vec4<i32>(1i)))))) >> vec4<u32>(row_45));
  y[(out_46 >> 2u)] = vec4<f32>(min(max(scaled_52, vec4<i32>(number_37)), vec4<i32>(number_38)));
  let t_53 = sum_19;
  let total_54 = (t_53 + row_41);
  let twice_55 = (total_54 + total_54);
  let high_56 = (mul_hi_i32x4(twice_55, row_43) + bitcast<vec4<i32>>(((bitcast<vec4<u32>>(twice_55) * bitcast<vec4<u32>>(row_43)) >> vec4<u32>(vec4<u32>(31u)))));
  let scaled_57 = ((high_56 + (((vec4<i32>(1i) << vec4<u32>(row_45)) >> vec4<u32>(vec4<i32>(1i))) + ((high_56 >> vec4<u32>(vec4<i32>(31i))) & (-min(row_45, vec4<i32>(1i)))))) >> vec4<u32>(row_45));
  y[(out_47 >> 2u)] = vec4<f32>(min(max(scaled_57, vec4<i32>(number_37)), vec4<i32>(number_38)));
}
