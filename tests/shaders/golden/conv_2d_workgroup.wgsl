@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;
struct Sizes {
  pixels: i32,
  out_height: i32,
  out_width: i32,
  height: i32,
  width: i32,
  stride: i32,
  above: i32,
  before: i32,
  columns: i32,
  depth: i32,
  blocks: i32,
}
@group(0) @binding(3) var<uniform> sizes: Sizes;
var<workgroup> left: array<vec4<f32>, 64>;
var<workgroup> right: array<vec4<f32>, 64>;
var<workgroup> partial: array<vec4<f32>, 64>;
@compute @workgroup_size(4, 8, 2)
fn f32_conv2d_3x3_nhwc_wg16x16x8_t2x4_k2(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let pixels = sizes.pixels;
  let out_height = sizes.out_height;
  let out_width = sizes.out_width;
  let height = sizes.height;
  let width = sizes.width;
  let stride = sizes.stride;
  let above = sizes.above;
  let before = sizes.before;
  let columns = sizes.columns;
  let depth = sizes.depth;
  let blocks = sizes.blocks;
  let wg_1 = i32(group_id.x);
  let wg_2 = i32(group_id.y);
  let row_3 = (wg_2 * 16i);
  let lid_4 = i32(local_id.x);
  let lid_5 = i32(local_id.y);
  let thread_6 = ((lid_5 * 4i) + lid_4);
  let lid_7 = i32(local_id.z);
  let left_at_8 = (lid_7 * 128i);
  let right_at_9 = (lid_7 * 128i);
  let pixel_10 = min((row_3 + (thread_6 / 2i)), (pixels - 1i));
  let line_11 = (pixel_10 / out_width);
  let image_12 = (line_11 / out_height);
  let top_13 = ((line_11 - (image_12 * out_height)) - above);
  let left_14 = ((pixel_10 - (line_11 * out_width)) - before);
  let inner_15 = ((thread_6 % 2i) * 4i);
  let picture_16 = (image_12 * (height * width));
  var sum_17 = vec4<f32>(0.0f);
  var sum_18 = vec4<f32>(0.0f);
  let count_19 = (blocks * 9i);
  for (var i_20 = 0i; i_20 < ((count_19 + 1i) / 2i); i_20 += 1i) {
    let block_21 = ((i_20 * 2i) + lid_7);
    let counts_22 = (block_21 < count_19);
    let block_23 = min(block_21, (count_19 - 1i));
    let tap_24 = (block_23 / blocks);
    let base_25 = ((block_23 - (tap_24 * blocks)) * 8i);
    let down_26 = (tap_24 / 3i);
    let across_27 = (tap_24 - (down_26 * 3i));
    let from_28 = ((((wg_1 * 9i) * blocks) + block_23) * 128i);
    if ((thread_6 < 32i)) {
      let y_29 = (top_13 + down_26);
      let x_30 = (left_14 + across_27);
      let ok_31 = ((u32(y_29) < u32(height)) && (u32(x_30) < u32(width)));
      let at_32 = select(0i, (((picture_16 + (y_29 * width)) + x_30) * stride), ok_31);
      let x_33 = x[((at_32 + min((base_25 + inner_15), (stride - 4i))) >> 2u)];
      let value_34 = select(vec4<f32>(0.0f), x_33, ok_31);
      let t_35 = select(vec4<f32>(0.0f), value_34, (vec4<i32>(0i, 1i, 2i, 3i) < vec4<i32>((depth - (base_25 + inner_15)))));
      left[((left_at_8 + (thread_6 * 4i)) >> 2u)] = select(vec4<f32>(0.0f), t_35, counts_22);
    }
    if ((thread_6 < 32i)) {
      let x_36 = weights[((from_28 + (thread_6 * 4i)) >> 2u)];
      right[((right_at_9 + (thread_6 * 4i)) >> 2u)] = x_36;
    }
    workgroupBarrier();
    let x_37 = left[((left_at_8 + ((lid_5 * 2i) * 8i)) >> 2u)];
    let x_38 = left[((left_at_8 + (((lid_5 * 2i) + 1i) * 8i)) >> 2u)];
    let x_39 = right[((right_at_9 + (lid_4 * 4i)) >> 2u)];
    sum_17 = fma(vec4<f32>(x_37.x), x_39, sum_17);
    sum_18 = fma(vec4<f32>(x_38.x), x_39, sum_18);
    let x_40 = right[(((right_at_9 + (lid_4 * 4i)) + 16i) >> 2u)];
    sum_17 = fma(vec4<f32>(x_37.y), x_40, sum_17);
    sum_18 = fma(vec4<f32>(x_38.y), x_40, sum_18);
    let x_41 = right[(((right_at_9 + (lid_4 * 4i)) + 32i) >> 2u)];
    sum_17 = fma(vec4<f32>(x_37.z), x_41, sum_17);
    sum_18 = fma(vec4<f32>(x_38.z), x_41, sum_18);
    let x_42 = right[(((right_at_9 + (lid_4 * 4i)) + 48i) >> 2u)];
    sum_17 = fma(vec4<f32>(x_37.w), x_42, sum_17);
    sum_18 = fma(vec4<f32>(x_38.w), x_42, sum_18);
    let x_43 = left[(((left_at_8 + ((lid_5 * 2i) * 8i)) + 4i) >> 2u)];
    let x_44 = left[(((left_at_8 + (((lid_5 * 2i) + 1i) * 8i)) + 4i) >> 2u)];
    let x_45 = right[(((right_at_9 + (lid_4 * 4i)) + 64i) >> 2u)];
    sum_17 = fma(vec4<f32>(x_43.x), x_45, sum_17);
    sum_18 = fma(vec4<f32>(x_44.x), x_45, sum_18);
    let x_46 = right[(((right_at_9 + (lid_4 * 4i)) + 80i) >> 2u)];
    sum_17 = fma(vec4<f32>(x_43.y), x_46, sum_17);
    sum_18 = fma(vec4<f32>(x_44.y), x_46, sum_18);
    let x_47 = right[(((right_at_9 + (lid_4 * 4i)) + 96i) >> 2u)];
    sum_17 = fma(vec4<f32>(x_43.z), x_47, sum_17);
    sum_18 = fma(vec4<f32>(x_44.z), x_47, sum_18);
    let x_48 = right[(((right_at_9 + (lid_4 * 4i)) + 112i) >> 2u)];
    sum_17 = fma(vec4<f32>(x_43.w), x_48, sum_17);
    sum_18 = fma(vec4<f32>(x_44.w), x_48, sum_18);
    workgroupBarrier();
  }
  partial[((((lid_7 * 32i) + thread_6) * 4i) >> 2u)] = sum_17;
  workgroupBarrier();
  if ((lid_7 < 1i)) {
    for (var i_49 = 1i; i_49 < 2i; i_49 += 1i) {
      let x_50 = partial[((((i_49 * 32i) + thread_6) * 4i) >> 2u)];
      sum_17 = (sum_17 + x_50);
    }
  }
  workgroupBarrier();
  partial[((((lid_7 * 32i) + thread_6) * 4i) >> 2u)] = sum_18;
  workgroupBarrier();
  if ((lid_7 < 1i)) {
    for (var i_51 = 1i; i_51 < 2i; i_51 += 1i) {
      let x_52 = partial[((((i_51 * 32i) + thread_6) * 4i) >> 2u)];
      sum_18 = (sum_18 + x_52);
    }
  }
  workgroupBarrier();
  let channel_53 = (min((wg_1 * 16i), (columns - 16i)) + (lid_4 * 4i));
  let here_54 = (row_3 + (lid_5 * 2i));
  if (((here_54 < pixels) && (lid_7 < 1i))) {
    let out_55 = ((here_54 * columns) + channel_53);
    y[(out_55 >> 2u)] = sum_17;
  }
  let here_56 = ((row_3 + (lid_5 * 2i)) + 1i);
  if (((here_56 < pixels) && (lid_7 < 1i))) {
    let out_57 = ((here_56 * columns) + channel_53);
    y[(out_57 >> 2u)] = sum_18;
  }
}
