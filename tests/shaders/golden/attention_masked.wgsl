@group(0) @binding(0) var<storage, read_write> q: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> k: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> v: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> mask: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4<f32>>;
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
  m_offset: i32,
  m_batch: i32,
  m_head: i32,
  m_row: i32,
  scale: f32,
  mask_scale: f32,
}
@group(0) @binding(5) var<uniform> sizes: Sizes;
@compute @workgroup_size(8, 1, 1)
fn f32_attention_q1b2_d8x8_mask_scores(
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
  let m_offset = sizes.m_offset;
  let m_batch = sizes.m_batch;
  let m_head = sizes.m_head;
  let m_row = sizes.m_row;
  let scale = sizes.scale;
  let mask_scale = sizes.mask_scale;
  let wg_1 = i32(group_id.y);
  let batch_2 = (wg_1 / heads);
  let head_3 = (wg_1 - (batch_2 * heads));
  let start_4 = ((q_offset + (batch_2 * q_batch)) + (head_3 * q_head));
  let start_5 = ((k_offset + (batch_2 * k_batch)) + (head_3 * k_head));
  let start_6 = ((v_offset + (batch_2 * v_batch)) + (head_3 * v_head));
  let start_7 = ((y_offset + (batch_2 * y_batch)) + (head_3 * y_head));
  let start_8 = ((m_offset + (batch_2 * m_batch)) + (head_3 * m_head));
  let lid_9 = i32(local_id.x);
  let wg_10 = i32(group_id.x);
  let first_11 = ((wg_10 * 8i) + lid_9);
  let query_12 = min(first_11, (queries - 1i));
  let row_13 = (start_4 + (query_12 * q_row));
  var q_14 = vec4<f32>(0.0f);
  var q_15 = vec4<f32>(0.0f);
  for (var i_16 = 0i; i_16 < 2i; i_16 += 1i) {
    let x_17 = q[((row_13 + (i_16 * 4i)) >> 2u)];
    let q_18 = (x_17 * vec4<f32>(scale));
    q_14 = select(q_14, q_18, (i_16 == 0i));
    q_15 = select(q_15, q_18, (i_16 == 1i));
  }
  var largest_19 = (-3.4028234663852886e+38f);
  var total_20 = 0.0f;
  var sum_21 = vec4<f32>(0.0f);
  var sum_22 = vec4<f32>(0.0f);
  for (var i_23 = 0i; i_23 < keys; i_23 += 2i) {
    var score_24 = (-3.4028234663852886e+38f);
    var score_25 = (-3.4028234663852886e+38f);
    for (var i_26 = 0i; i_26 < min((keys - i_23), 2i); i_26 += 1i) {
      let key_27 = (i_23 + i_26);
      let row_28 = (start_5 + (key_27 * k_row));
      let x_29 = k[(row_28 >> 2u)];
      let x_30 = k[((row_28 + 4i) >> 2u)];
      var products_31 = vec4<f32>(0.0f);
      products_31 = fma(q_14, x_29, products_31);
      products_31 = fma(q_15, x_30, products_31);
      let at_32 = ((start_8 + (key_27 * m_row)) + query_12);
      let x_33 = mask[(at_32 >> 2u)][(at_32 & 3i)];
      let score_34 = max(fma(x_33, mask_scale, ((products_31.x + products_31.y) + (products_31.z + products_31.w))), (-3.4028234663852886e+38f));
      score_24 = select(score_24, score_34, (i_26 == 0i));
      score_25 = select(score_25, score_34, (i_26 == 1i));
    }
    let highest_35 = max(max(largest_19, score_24), score_25);
    let factor_36 = exp((largest_19 - highest_35));
    largest_19 = highest_35;
    total_20 = (total_20 * factor_36);
    sum_21 = (sum_21 * vec4<f32>(factor_36));
    sum_22 = (sum_22 * vec4<f32>(factor_36));
    for (var i_37 = 0i; i_37 < min((keys - i_23), 2i); i_37 += 1i) {
      let key_38 = (i_23 + i_37);
      let row_39 = (start_6 + (key_38 * v_row));
      let x_40 = v[(row_39 >> 2u)];
      let x_41 = v[((row_39 + 4i) >> 2u)];
      let sum_42 = select(score_24, score_25, (i_37 == 1i));
      let e_43 = exp((sum_42 - largest_19));
      total_20 = (total_20 + e_43);
      sum_21 = fma(x_40, vec4<f32>(e_43), sum_21);
      sum_22 = fma(x_41, vec4<f32>(e_43), sum_22);
    }
  }
  let row_44 = (start_7 + (query_12 * y_row));
  let share_45 = (1.0f / total_20);
  for (var i_46 = 0i; i_46 < 2i; i_46 += 1i) {
    let sum_47 = select(sum_21, sum_22, (i_46 == 1i));
    y[((row_44 + (i_46 * 4i)) >> 2u)] = (sum_47 * vec4<f32>(share_45));
  }
}
