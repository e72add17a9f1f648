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
var<workgroup> left: array<vec4<f32>, 32>;
var<workgroup> right: array<vec4<f32>, 32>;
@compute @workgroup_size(4, 8, 1)
fn f32_conv2d_3x3_nhwc_wg16x16x8_t2x4(
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
  let pixel_7 = min((row_3 + (thread_6 / 2i)), (pixels - 1i));
  let line_8 = (pixel_7 / out_width);
  let image_9 = (line_8 / out_height);
  let top_10 = ((line_8 - (image_9 * out_height)) - above);
  let left_11 = ((pixel_7 - (line_8 * out_width)) - before);
  let inner_12 = ((thread_6 % 2i) * 4i);
  let picture_13 = (image_9 * (height * width));
  var sum_14 = vec4<f32>(0.0f);
  var sum_15 = vec4<f32>(0.0f);
  for (var i_16 = 0i; i_16 < 3i; i_16 += 1i) {
    for (var i_17 = 0i; i_17 < 3i; i_17 += 1i) {
      let tap_18 = (((wg_1 * 9i) + (i_16 * 3i)) + i_17);
      for (var i_19 = 0i; i_19 < blocks; i_19 += 1i) {
        let base_20 = (i_19 * 8i);
        let from_21 = (((tap_18 * blocks) + i_19) * 128i);
        if ((thread_6 < 32i)) {
          let y_22 = (top_10 + i_16);
          let x_23 = (left_11 + i_17);
          let ok_24 = ((u32(y_22) < u32(height)) && (u32(x_23) < u32(width)));
          let at_25 = select(0i, (((picture_13 + (y_22 * width)) + x_23) * stride), ok_24);
          let x_26 = x[((at_25 + min((base_20 + inner_12), (stride - 4i))) >> 2u)];
          let value_27 = select(vec4<f32>(0.0f), x_26, ok_24);
          let t_28 = select(vec4<f32>(0.0f), value_27, (vec4<i32>(0i, 1i, 2i, 3i) < vec4<i32>((depth - (base_20 + inner_12)))));
          left[((thread_6 * 4i) >> 2u)] = t_28;
        }
        if ((thread_6 < 32i)) {
          let x_29 = weights[((from_21 + (thread_6 * 4i)) >> 2u)];
          right[((thread_6 * 4i) >> 2u)] = x_29;
        }
        workgroupBarrier();
        let x_30 = left[(((lid_5 * 2i) * 8i) >> 2u)];
        let x_31 = left[((((lid_5 * 2i) + 1i) * 8i) >> 2u)];
        let x_32 = right[((lid_4 * 4i) >> 2u)];
        sum_14 = fma(vec4<f32>(x_30.x), x_32, sum_14);
        sum_15 = fma(vec4<f32>(x_31.x), x_32, sum_15);
        let x_33 = right[(((lid_4 * 4i) + 16i) >> 2u)];
        sum_14 = fma(vec4<f32>(x_30.y), x_33, sum_14);
        sum_15 = fma(vec4<f32>(x_31.y), x_33, sum_15);
        let x_34 = right[(((lid_4 * 4i) + 32i) >> 2u)];
        sum_14 = fma(vec4<f32>(x_30.z), x_34, sum_14);
        sum_15 = fma(vec4<f32>(x_31.z), x_34, sum_15);
        let x_35 = right[(((lid_4 * 4i) + 48i) >> 2u)];
        sum_14 = fma(vec4<f32>(x_30.w), x_35, sum_14);
        sum_15 = fma(vec4<f32>(x_31.w), x_35, sum_15);
        let x_36 = left[((((lid_5 * 2i) * 8i) + 4i) >> 2u)];
        let x_37 = left[(((((lid_5 * 2i) + 1i) * 8i) + 4i) >> 2u)];
        let x_38 = right[(((lid_4 * 4i) + 64i) >> 2u)];
        sum_14 = fma(vec4<f32>(x_36.x), x_38, sum_14);
        sum_15 = fma(vec4<f32>(x_37.x), x_38, sum_15);
        let x_39 = right[(((lid_4 * 4i) + 80i) >> 2u)];
        sum_14 = fma(vec4<f32>(x_36.y), x_39, sum_14);
        sum_15 = fma(vec4<f32>(x_37.y), x_39, sum_15);
        let x_40 = right[(((lid_4 * 4i) + 96i) >> 2u)];
        sum_14 = fma(vec4<f32>(x_36.z), x_40, sum_14);
        sum_15 = fma(vec4<f32>(x_37.z), x_40, sum_15);
        let x_41 = right[(((lid_4 * 4i) + 112i) >> 2u)];
        sum_14 = fma(vec4<f32>(x_36.w), x_41, sum_14);
        sum_15 = fma(vec4<f32>(x_37.w), x_41, sum_15);
        workgroupBarrier();
      }
    }
  }
  let channel_42 = (min((wg_1 * 16i), (columns - 16i)) + (lid_4 * 4i));
  let here_43 = (row_3 + (lid_5 * 2i));
  if ((here_43 < pixels)) {
    let out_44 = ((here_43 * columns) + channel_42);
    y[(out_44 >> 2u)] = sum_14;
  }
  let here_45 = ((row_3 + (lid_5 * 2i)) + 1i);
  if ((here_45 < pixels)) {
    let out_46 = ((here_45 * columns) + channel_42);
    y[(out_46 >> 2u)] = sum_15;
  }
}
