@group(0) @binding(0) var<storage, read_write> q: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> k: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> v: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>;
struct Sizes {
  heads: i32,
  queries: i32,
  keys: i32,
  q_offset: i32,
  q_batch: i32,
  q_head: i32,
  q_row: i32,
  k_offset: i32,
  k_batch: i32,
  k_head: i32,
  k_row: i32,
  v_offset: i32,
  v_batch: i32,
  v_head: i32,
  v_row: i32,
  y_offset: i32,
  y_batch: i32,
  y_head: i32,
  y_row: i32,
  scale: f32,
}
@group(0) @binding(4) var<uniform> sizes: Sizes;
@compute @workgroup_size(8, 1, 1)
fn f32_attention_lanes2b2_d8x8(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let heads = sizes.heads;
  let queries = sizes.queries;
  let keys = sizes.keys;
  let q_offset = sizes.q_offset;
  let q_batch = sizes.q_batch;
  let q_head = sizes.q_head;
  let q_row = sizes.q_row;
  let k_offset = sizes.k_offset;
  let k_batch = sizes.k_batch;
  let k_head = sizes.k_head;
  let k_row = sizes.k_row;
  let v_offset = sizes.v_offset;
  let v_batch = sizes.v_batch;
  let v_head = sizes.v_head;
  let v_row = sizes.v_row;
  let y_offset = sizes.y_offset;
  let y_batch = sizes.y_batch;
  let y_head = sizes.y_head;
  let y_row = sizes.y_row;
  let scale = sizes.scale;
  let wg_1 = i32(group_id.y);
  let batch_2 = (wg_1 / heads);
  let head_3 = (wg_1 - (batch_2 * heads));
  let start_4 = ((q_offset + (batch_2 * q_batch)) + (head_3 * q_head));
  let start_5 = ((k_offset + (batch_2 * k_batch)) + (head_3 * k_head));
  let start_6 = ((v_offset + (batch_2 * v_batch)) + (head_3 * v_head));
  let start_7 = ((y_offset + (batch_2 * y_batch)) + (head_3 * y_head));
  let lid_8 = i32(local_id.x);
  let wg_9 = i32(group_id.x);
  let first_10 = ((wg_9 * 16i) + lid_8);
  let query_11 = min(first_10, (queries - 1i));
  let query_12 = min((first_10 + 8i), (queries - 1i));
  let row_13 = (start_4 + (query_11 * q_row));
  let row_14 = (start_4 + (query_12 * q_row));
  var q_15 = vec4<f32>(0.0f);
  var q_16 = vec4<f32>(0.0f);
  var q_17 = vec4<f32>(0.0f);
  var q_18 = vec4<f32>(0.0f);
  for (var i_19 = 0i; i_19 < 2i; i_19 += 1i) {
    let x_20 = q[((row_13 + (i_19 * 4i)) >> 2u)];
    let q_21 = (x_20 * vec4<f32>(scale));
    q_15 = select(q_15, q_21, (i_19 == 0i));
    q_16 = select(q_16, q_21, (i_19 == 1i));
    let x_22 = q[((row_14 + (i_19 * 4i)) >> 2u)];
    let q_23 = (x_22 * vec4<f32>(scale));
    q_17 = select(q_17, q_23, (i_19 == 0i));
    q_18 = select(q_18, q_23, (i_19 == 1i));
  }
  var largest_24 = (-3.4028234663852886e+38f);
  var largest_25 = (-3.4028234663852886e+38f);
  var total_26 = 0.0f;
  var total_27 = 0.0f;
  var sum_28 = vec4<f32>(0.0f);
  var sum_29 = vec4<f32>(0.0f);
  var sum_30 = vec4<f32>(0.0f);
  var sum_31 = vec4<f32>(0.0f);
  for (var i_32 = 0i; i_32 < keys; i_32 += 2i) {
    var score_33 = (-3.4028234663852886e+38f);
    var score_34 = (-3.4028234663852886e+38f);
    var score_35 = (-3.4028234663852886e+38f);
    var score_36 = (-3.4028234663852886e+38f);
    for (var i_37 = 0i; i_37 < min((keys - i_32), 2i); i_37 += 1i) {
      let key_38 = (i_32 + i_37);
      let row_39 = (start_5 + (key_38 * k_row));
      let mine_40 = min((lid_8 * 4i), 4i);
      let x_41 = k[((row_39 + mine_40) >> 2u)];
      var products_42 = vec4<f32>(0.0f);
      var products_43 = vec4<f32>(0.0f);
      let part_44 = subgroupShuffle(x_41, u32(0i));
      products_42 = fma(q_15, part_44, products_42);
      products_43 = fma(q_17, part_44, products_43);
      let part_45 = subgroupShuffle(x_41, u32(1i));
      products_42 = fma(q_16, part_45, products_42);
      products_43 = fma(q_18, part_45, products_43);
      let score_46 = ((products_42.x + products_42.y) + (products_42.z + products_42.w));
      score_33 = select(score_33, score_46, (i_37 == 0i));
      score_34 = select(score_34, score_46, (i_37 == 1i));
      let score_47 = ((products_43.x + products_43.y) + (products_43.z + products_43.w));
      score_35 = select(score_35, score_47, (i_37 == 0i));
      score_36 = select(score_36, score_47, (i_37 == 1i));
    }
    let highest_48 = max(max(largest_24, score_33), score_34);
    let factor_49 = exp((largest_24 - highest_48));
    largest_24 = highest_48;
    total_26 = (total_26 * factor_49);
    sum_28 = (sum_28 * vec4<f32>(factor_49));
    sum_29 = (sum_29 * vec4<f32>(factor_49));
    let highest_50 = max(max(largest_25, score_35), score_36);
    let factor_51 = exp((largest_25 - highest_50));
    largest_25 = highest_50;
    total_27 = (total_27 * factor_51);
    sum_30 = (sum_30 * vec4<f32>(factor_51));
    sum_31 = (sum_31 * vec4<f32>(factor_51));
    for (var i_52 = 0i; i_52 < min((keys - i_32), 2i); i_52 += 1i) {
      let key_53 = (i_32 + i_52);
      let row_54 = (start_6 + (key_53 * v_row));
      let mine_55 = min((lid_8 * 4i), 4i);
      let x_56 = v[((row_54 + mine_55) >> 2u)];
      let sum_57 = select(score_33, score_34, (i_52 == 1i));
      let e_58 = exp((sum_57 - largest_24));
      let sum_59 = select(score_35, score_36, (i_52 == 1i));
      let e_60 = exp((sum_59 - largest_25));
      total_26 = (total_26 + e_58);
      total_27 = (total_27 + e_60);
      let part_61 = subgroupShuffle(x_56, u32(0i));
      sum_28 = fma(part_61, vec4<f32>(e_58), sum_28);
      sum_30 = fma(part_61, vec4<f32>(e_60), sum_30);
      let part_62 = subgroupShuffle(x_56, u32(1i));
      sum_29 = fma(part_62, vec4<f32>(e_58), sum_29);
      sum_31 = fma(part_62, vec4<f32>(e_60), sum_31);
    }
  }
  let row_63 = (start_7 + (query_11 * y_row));
  let row_64 = (start_7 + (query_12 * y_row));
  let share_65 = (1.0f / total_26);
  let share_66 = (1.0f / total_27);
  for (var i_67 = 0i; i_67 < 2i; i_67 += 1i) {
    let sum_68 = select(sum_28, sum_29, (i_67 == 1i));
    y[((row_63 + (i_67 * 4i)) >> 2u)] = (sum_68 * vec4<f32>(share_65));
    let sum_69 = select(sum_30, sum_31, (i_67 == 1i));
    y[((row_64 + (i_67 * 4i)) >> 2u)] = (sum_69 * vec4<f32>(share_66));
  }
}
