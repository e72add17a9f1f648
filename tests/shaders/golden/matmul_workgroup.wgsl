@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;
struct Sizes {
  rows: i32,
  columns: i32,
  depth: i32,
  stride: i32,
}
@group(0) @binding(3) var<uniform> sizes: Sizes;
var<workgroup> left: array<vec4<f32>, 32>;
var<workgroup> right: array<vec4<f32>, 32>;
@compute @workgroup_size(4, 8, 1)
fn f32_gemm_wg16x16x8_t2x4(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let rows = sizes.rows;
  let columns = sizes.columns;
  let depth = sizes.depth;
  let stride = sizes.stride;
  let wg_1 = i32(group_id.x);
  let wg_2 = i32(group_id.y);
  let row_3 = (wg_2 * 16i);
  let lid_4 = i32(local_id.x);
  let lid_5 = i32(local_id.y);
  let thread_6 = ((lid_5 * 4i) + lid_4);
  let blocks_7 = ((depth + 7i) / 8i);
  var sum_8 = vec4<f32>(0.0f);
  var sum_9 = vec4<f32>(0.0f);
  for (var i_10 = 0i; i_10 < blocks_7; i_10 += 1i) {
    let base_11 = (i_10 * 8i);
    let from_12 = (((wg_1 * blocks_7) + i_10) * 128i);
    if ((thread_6 < 32i)) {
      let k_13 = (base_11 + ((thread_6 % 2i) * 4i));
      let line_14 = min((row_3 + (thread_6 / 2i)), (rows - 1i));
      let x_15 = x[(((line_14 * stride) + min(k_13, (stride - 4i))) >> 2u)];
      left[((thread_6 * 4i) >> 2u)] = select(vec4<f32>(0.0f), x_15, (vec4<i32>(0i, 1i, 2i, 3i) < vec4<i32>((depth - k_13))));
    }
    if ((thread_6 < 32i)) {
      let x_16 = weights[((from_12 + (thread_6 * 4i)) >> 2u)];
      right[((thread_6 * 4i) >> 2u)] = x_16;
    }
    workgroupBarrier();
    let x_17 = left[(((lid_5 * 2i) * 8i) >> 2u)];
    let x_18 = left[((((lid_5 * 2i) + 1i) * 8i) >> 2u)];
    let x_19 = right[((lid_4 * 4i) >> 2u)];
    sum_8 = fma(vec4<f32>(x_17.x), x_19, sum_8);
    sum_9 = fma(vec4<f32>(x_18.x), x_19, sum_9);
    let x_20 = right[(((lid_4 * 4i) + 16i) >> 2u)];
    sum_8 = fma(vec4<f32>(x_17.y), x_20, sum_8);
    sum_9 = fma(vec4<f32>(x_18.y), x_20, sum_9);
    let x_21 = right[(((lid_4 * 4i) + 32i) >> 2u)];
    sum_8 = fma(vec4<f32>(x_17.z), x_21, sum_8);
    sum_9 = fma(vec4<f32>(x_18.z), x_21, sum_9);
    let x_22 = right[(((lid_4 * 4i) + 48i) >> 2u)];
    sum_8 = fma(vec4<f32>(x_17.w), x_22, sum_8);
    sum_9 = fma(vec4<f32>(x_18.w), x_22, sum_9);
    let x_23 = left[((((lid_5 * 2i) * 8i) + 4i) >> 2u)];
    let x_24 = left[(((((lid_5 * 2i) + 1i) * 8i) + 4i) >> 2u)];
    let x_25 = right[(((lid_4 * 4i) + 64i) >> 2u)];
    sum_8 = fma(vec4<f32>(x_23.x), x_25, sum_8);
    sum_9 = fma(vec4<f32>(x_24.x), x_25, sum_9);
    let x_26 = right[(((lid_4 * 4i) + 80i) >> 2u)];
    sum_8 = fma(vec4<f32>(x_23.y), x_26, sum_8);
    sum_9 = fma(vec4<f32>(x_24.y), x_26, sum_9);
    let x_27 = right[(((lid_4 * 4i) + 96i) >> 2u)];
    sum_8 = fma(vec4<f32>(x_23.z), x_27, sum_8);
    sum_9 = fma(vec4<f32>(x_24.z), x_27, sum_9);
    let x_28 = right[(((lid_4 * 4i) + 112i) >> 2u)];
    sum_8 = fma(vec4<f32>(x_23.w), x_28, sum_8);
    sum_9 = fma(vec4<f32>(x_24.w), x_28, sum_9);
    workgroupBarrier();
  }
  let channel_29 = (min((wg_1 * 16i), (columns - 16i)) + (lid_4 * 4i));
  let here_30 = (row_3 + (lid_5 * 2i));
  if ((here_30 < rows)) {
    let out_31 = ((here_30 * columns) + channel_29);
    y[(out_31 >> 2u)] = sum_8;
  }
  let here_32 = ((row_3 + (lid_5 * 2i)) + 1i);
  if ((here_32 < rows)) {
    let out_33 = ((here_32 * columns) + channel_29);
    y[(out_33 >> 2u)] = sum_9;
  }
}
