@group(0) @binding(0) var<storage, read_write> x: array<i32>;
@group(0) @binding(1) var<storage, read_write> y: array<i32>;
struct Sizes {
  count: i32,
  span: i32,
  words: i32,
  depth: i32,
  rows: i32,
  four: i32,
}
@group(0) @binding(2) var<uniform> sizes: Sizes;
@compute @workgroup_size(64, 1, 1)
fn transpose_words(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let count = sizes.count;
  let span = sizes.span;
  let words = sizes.words;
  let depth = sizes.depth;
  let rows = sizes.rows;
  let four = sizes.four;
  let gid_1 = i32(global_id.x);
  let gid_2 = i32(global_id.y);
  let flat_3 = (gid_1 + (gid_2 * span));
  if ((flat_3 < count)) {
    let rest_4 = (flat_3 / four);
    let matrix_5 = (rest_4 / words);
    let column_6 = (flat_3 - (rest_4 * four));
    let word_7 = (rest_4 - (matrix_5 * words));
    let x_8 = x[((((matrix_5 * depth) + min((word_7 * 4i), (depth - 1i))) * four) + column_6)];
    let x_9 = x[((((matrix_5 * depth) + min(((word_7 * 4i) + 1i), (depth - 1i))) * four) + column_6)];
    let x_10 = x[((((matrix_5 * depth) + min(((word_7 * 4i) + 2i), (depth - 1i))) * four) + column_6)];
    let x_11 = x[((((matrix_5 * depth) + min(((word_7 * 4i) + 3i), (depth - 1i))) * four) + column_6)];
    let transposed_12 = (((((vec4<u32>(bitcast<u32>(x_8)) >> vec4<u32>(vec4<u32>(0u, 8u, 16u, 24u))) & vec4<u32>(255u)) | (((vec4<u32>(bitcast<u32>(x_9)) >> vec4<u32>(vec4<u32>(0u, 8u, 16u, 24u))) & vec4<u32>(255u)) << vec4<u32>(vec4<u32>(8u)))) | (((vec4<u32>(bitcast<u32>(x_10)) >> vec4<u32>(vec4<u32>(0u, 8u, 16u, 24u))) & vec4<u32>(255u)) << vec4<u32>(vec4<u32>(16u)))) | (((vec4<u32>(bitcast<u32>(x_11)) >> vec4<u32>(vec4<u32>(0u, 8u, 16u, 24u))) & vec4<u32>(255u)) << vec4<u32>(vec4<u32>(24u))));
    let row_13 = (column_6 * 4i);
    if ((row_13 < rows)) {
      y[((((matrix_5 * rows) + row_13) * words) + word_7)] = bitcast<vec4<i32>>(transposed_12).x;
    }
    let row_14 = ((column_6 * 4i) + 1i);
    if ((row_14 < rows)) {
      y[((((matrix_5 * rows) + row_14) * words) + word_7)] = bitcast<vec4<i32>>(transposed_12).y;
    }
    let row_15 = ((column_6 * 4i) + 2i);
    if ((row_15 < rows)) {
      y[((((matrix_5 * rows) + row_15) * words) + word_7)] = bitcast<vec4<i32>>(transposed_12).z;
    }
    let row_16 = ((column_6 * 4i) + 3i);
    if ((row_16 < rows)) {
      y[((((matrix_5 * rows) + row_16) * words) + word_7)] = bitcast<vec4<i32>>(transposed_12).w;
    }
  }
}
