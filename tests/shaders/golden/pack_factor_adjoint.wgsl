fn add_byte_products_x4(total: vec4<i32>, a: vec4<i32>, b: vec4<i32>) -> vec4<i32> {
  return total + vec4<i32>(dot4I8Packed(bitcast<u32>(a.x), bitcast<u32>(b.x)), dot4I8Packed(bitcast<u32>(a.y), bitcast<u32>(b.y)), dot4I8Packed(bitcast<u32>(a.z), bitcast<u32>(b.z)), dot4I8Packed(bitcast<u32>(a.w), bitcast<u32>(b.w)));
}
@group(0) @binding(0) var<storage, read_write> w: array<i32>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<i32>>;
struct Sizes {
  count: i32,
  span: i32,
  panels: i32,
  words: i32,
  columns: i32,
  last: i32,
  stride: i32,
  begin: i32,
  zero: i32,
}
@group(0) @binding(2) var<uniform> sizes: Sizes;
@compute @workgroup_size(64, 1, 1)
fn pack_words_4x4_adjy_i8(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let count = sizes.count;
  let span = sizes.span;
  let panels = sizes.panels;
  let words = sizes.words;
  let columns = sizes.columns;
  let last = sizes.last;
  let stride = sizes.stride;
  let begin = sizes.begin;
  let zero = sizes.zero;
  let gid_1 = i32(global_id.x);
  let gid_2 = i32(global_id.y);
  let flat_3 = (gid_1 + (gid_2 * span));
  if ((flat_3 < count)) {
    let matrix_4 = (flat_3 / panels);
    let inside_5 = ((flat_3 - flat_3) * 4i);
    let column_6 = (min(((flat_3 - (matrix_4 * panels)) * 4i), (columns - 4i)) + inside_5);
    let to_7 = ((flat_3 * ((words + 1i) * 4i)) + inside_5);
    var total_8 = vec4<i32>(0i);
    for (var i_9 = 0i; i_9 < words; i_9 += 1i) {
      let x_10 = w[((matrix_4 * stride) + ((min(column_6, last) * words) + i_9))];
      let x_11 = w[((matrix_4 * stride) + ((min((column_6 + 1i), last) * words) + i_9))];
      let x_12 = w[((matrix_4 * stride) + ((min((column_6 + 2i), last) * words) + i_9))];
      let x_13 = w[((matrix_4 * stride) + ((min((column_6 + 3i), last) * words) + i_9))];
      let packed_14 = vec4<i32>(x_10, x_11, x_12, x_13);
      y[((to_7 + (i_9 * 4i)) >> 2u)] = packed_14;
      total_8 = add_byte_products_x4(total_8, vec4<i32>(16843009i), packed_14);
    }
    let begin_15 = ((vec4<i32>(begin) - total_8) * vec4<i32>(zero));
    y[((to_7 + (words * 4i)) >> 2u)] = begin_15;
  }
}
