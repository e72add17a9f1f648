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
var<workgroup> staged: array<vec4<f32>, 16>;
var<workgroup> factors: array<vec4<f32>, 8>;
var<workgroup> told: array<f32, 8>;
@compute @workgroup_size(2, 2, 1)
fn f32_attention_wg4x8_t2by2_d8x8_mask_scores(
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
  let lid_10 = i32(local_id.y);
  let line_11 = (lid_10 * 2i);
  let wg_12 = i32(group_id.x);
  let first_13 = ((wg_12 * 4i) + line_11);
  let query_14 = (first_13 + 1i);
  let row_15 = (start_4 + (min(first_13, (queries - 1i)) * q_row));
  let row_16 = (start_4 + (min(query_14, (queries - 1i)) * q_row));
  var largest_17 = (-3.4028234663852886e+38f);
  var largest_18 = (-3.4028234663852886e+38f);
  var total_19 = 0.0f;
  var total_20 = 0.0f;
  var sum_21 = vec4<f32>(0.0f);
  var sum_22 = vec4<f32>(0.0f);
  for (var i_23 = 0i; i_23 < keys; i_23 += 8i) {
    let thread_24 = (((line_11 / 2i) * 2i) + lid_9);
    for (var i_25 = thread_24; i_25 < 16i; i_25 += 4i) {
      let row_26 = (i_25 / 2i);
      let column_27 = ((i_25 - (row_26 * 2i)) * 4i);
      let key_28 = min((i_23 + row_26), (keys - 1i));
      let x_29 = k[(((start_5 + (key_28 * k_row)) + column_27) >> 2u)];
      staged[((i_25 * 4i) >> 2u)] = x_29;
    }
    workgroupBarrier();
    var score_30 = 0.0f;
    var score_31 = 0.0f;
    var score_32 = 0.0f;
    var score_33 = 0.0f;
    var score_34 = 0.0f;
    var score_35 = 0.0f;
    var score_36 = 0.0f;
    var score_37 = 0.0f;
    let mine_38 = (lid_9 * 32i);
    for (var i_39 = 0i; i_39 < 8i; i_39 += 4i) {
      let x_40 = staged[((mine_38 + i_39) >> 2u)];
      let x_41 = staged[((mine_38 + (8i + i_39)) >> 2u)];
      let x_42 = staged[((mine_38 + (16i + i_39)) >> 2u)];
      let x_43 = staged[((mine_38 + (24i + i_39)) >> 2u)];
      let x_44 = q[((row_15 + i_39) >> 2u)];
      let query_45 = (x_44 * vec4<f32>(scale));
      score_30 = (score_30 + dot(query_45, x_40));
      score_31 = (score_31 + dot(query_45, x_41));
      score_32 = (score_32 + dot(query_45, x_42));
      score_33 = (score_33 + dot(query_45, x_43));
      let x_46 = q[((row_16 + i_39) >> 2u)];
      let query_47 = (x_46 * vec4<f32>(scale));
      score_34 = (score_34 + dot(query_47, x_40));
      score_35 = (score_35 + dot(query_47, x_41));
      score_36 = (score_36 + dot(query_47, x_42));
      score_37 = (score_37 + dot(query_47, x_43));
    }
    let key_48 = (i_23 + (lid_9 * 4i));
    let at_49 = ((start_8 + (min(key_48, (keys - 1i)) * m_row)) + min(first_13, (queries - 1i)));
    let x_50 = mask[(at_49 >> 2u)][(at_49 & 3i)];
    let score_51 = select((-3.4028234663852886e+38f), max(fma(x_50, mask_scale, score_30), (-3.4028234663852886e+38f)), (key_48 < keys));
    let at_52 = ((start_8 + (min((key_48 + 1i), (keys - 1i)) * m_row)) + min(first_13, (queries - 1i)));
    let x_53 = mask[(at_52 >> 2u)][(at_52 & 3i)];
    let score_54 = select((-3.4028234663852886e+38f), max(fma(x_53, mask_scale, score_31), (-3.4028234663852886e+38f)), ((key_48 + 1i) < keys));
    let at_55 = ((start_8 + (min((key_48 + 2i), (keys - 1i)) * m_row)) + min(first_13, (queries - 1i)));
    let x_56 = mask[(at_55 >> 2u)][(at_55 & 3i)];
    let score_57 = select((-3.4028234663852886e+38f), max(fma(x_56, mask_scale, score_32), (-3.4028234663852886e+38f)), ((key_48 + 2i) < keys));
    let at_58 = ((start_8 + (min((key_48 + 3i), (keys - 1i)) * m_row)) + min(first_13, (queries - 1i)));
    let x_59 = mask[(at_58 >> 2u)][(at_58 & 3i)];
    let score_60 = select((-3.4028234663852886e+38f), max(fma(x_59, mask_scale, score_33), (-3.4028234663852886e+38f)), ((key_48 + 3i) < keys));
    told[((line_11 * 2i) + lid_9)] = max(max(score_51, score_54), max(score_57, score_60));
    let at_61 = ((start_8 + (min(key_48, (keys - 1i)) * m_row)) + min(query_14, (queries - 1i)));
    let x_62 = mask[(at_61 >> 2u)][(at_61 & 3i)];
    let score_63 = select((-3.4028234663852886e+38f), max(fma(x_62, mask_scale, score_34), (-3.4028234663852886e+38f)), (key_48 < keys));
    let at_64 = ((start_8 + (min((key_48 + 1i), (keys - 1i)) * m_row)) + min(query_14, (queries - 1i)));
    let x_65 = mask[(at_64 >> 2u)][(at_64 & 3i)];
    let score_66 = select((-3.4028234663852886e+38f), max(fma(x_65, mask_scale, score_35), (-3.4028234663852886e+38f)), ((key_48 + 1i) < keys));
    let at_67 = ((start_8 + (min((key_48 + 2i), (keys - 1i)) * m_row)) + min(query_14, (queries - 1i)));
    let x_68 = mask[(at_67 >> 2u)][(at_67 & 3i)];
    let score_69 = select((-3.4028234663852886e+38f), max(fma(x_68, mask_scale, score_36), (-3.4028234663852886e+38f)), ((key_48 + 2i) < keys));
    let at_70 = ((start_8 + (min((key_48 + 3i), (keys - 1i)) * m_row)) + min(query_14, (queries - 1i)));
    let x_71 = mask[(at_70 >> 2u)][(at_70 & 3i)];
    let score_72 = select((-3.4028234663852886e+38f), max(fma(x_71, mask_scale, score_37), (-3.4028234663852886e+38f)), ((key_48 + 3i) < keys));
    told[(((line_11 + 1i) * 2i) + lid_9)] = max(max(score_63, score_66), max(score_69, score_72));
    workgroupBarrier();
    let key_73 = (i_23 + (lid_9 * 4i));
    let x_74 = told[(line_11 * 2i)];
    let x_75 = told[((line_11 * 2i) + 1i)];
    let highest_76 = max(max(largest_17, x_74), x_75);
    let factor_77 = exp((largest_17 - highest_76));
    let e_78 = vec4<f32>(select(0.0f, exp((score_51 - highest_76)), (key_73 < keys)), select(0.0f, exp((score_54 - highest_76)), ((key_73 + 1i) < keys)), select(0.0f, exp((score_57 - highest_76)), ((key_73 + 2i) < keys)), select(0.0f, exp((score_60 - highest_76)), ((key_73 + 3i) < keys)));
    total_19 = fma(total_19, factor_77, ((e_78.x + e_78.y) + (e_78.z + e_78.w)));
    largest_17 = highest_76;
    sum_21 = (sum_21 * vec4<f32>(factor_77));
    factors[(((line_11 * 8i) + (lid_9 * 4i)) >> 2u)] = e_78;
    let x_79 = told[((line_11 + 1i) * 2i)];
    let x_80 = told[(((line_11 + 1i) * 2i) + 1i)];
    let highest_81 = max(max(largest_18, x_79), x_80);
    let factor_82 = exp((largest_18 - highest_81));
    let e_83 = vec4<f32>(select(0.0f, exp((score_63 - highest_81)), (key_73 < keys)), select(0.0f, exp((score_66 - highest_81)), ((key_73 + 1i) < keys)), select(0.0f, exp((score_69 - highest_81)), ((key_73 + 2i) < keys)), select(0.0f, exp((score_72 - highest_81)), ((key_73 + 3i) < keys)));
    total_20 = fma(total_20, factor_82, ((e_83.x + e_83.y) + (e_83.z + e_83.w)));
    largest_18 = highest_81;
    sum_22 = (sum_22 * vec4<f32>(factor_82));
    factors[((((line_11 + 1i) * 8i) + (lid_9 * 4i)) >> 2u)] = e_83;
    let thread_84 = (((line_11 / 2i) * 2i) + lid_9);
    for (var i_85 = thread_84; i_85 < 16i; i_85 += 4i) {
      let row_86 = (i_85 / 2i);
      let column_87 = ((i_85 - (row_86 * 2i)) * 4i);
      let key_88 = min((i_23 + row_86), (keys - 1i));
      let x_89 = v[(((start_6 + (key_88 * v_row)) + column_87) >> 2u)];
      staged[((i_85 * 4i) >> 2u)] = x_89;
    }
    workgroupBarrier();
    let column_90 = min((lid_9 * 4i), 4i);
    for (var i_91 = 0i; i_91 < 8i; i_91 += 4i) {
      let x_92 = factors[(((line_11 * 8i) + i_91) >> 2u)];
      let x_93 = factors[((((line_11 + 1i) * 8i) + i_91) >> 2u)];
      let x_94 = staged[(((i_91 * 8i) + column_90) >> 2u)];
      sum_21 = fma(x_94, vec4<f32>(x_92.x), sum_21);
      sum_22 = fma(x_94, vec4<f32>(x_93.x), sum_22);
      let x_95 = staged[((((i_91 + 1i) * 8i) + column_90) >> 2u)];
      sum_21 = fma(x_95, vec4<f32>(x_92.y), sum_21);
      sum_22 = fma(x_95, vec4<f32>(x_93.y), sum_22);
      let x_96 = staged[((((i_91 + 2i) * 8i) + column_90) >> 2u)];
      sum_21 = fma(x_96, vec4<f32>(x_92.z), sum_21);
      sum_22 = fma(x_96, vec4<f32>(x_93.z), sum_22);
      let x_97 = staged[((((i_91 + 3i) * 8i) + column_90) >> 2u)];
      sum_21 = fma(x_97, vec4<f32>(x_92.w), sum_21);
      sum_22 = fma(x_97, vec4<f32>(x_93.w), sum_22);
    }
    workgroupBarrier();
  }
  told[((line_11 * 2i) + lid_9)] = total_19;
  told[(((line_11 + 1i) * 2i) + lid_9)] = total_20;
  workgroupBarrier();
  let column_98 = min((lid_9 * 4i), 4i);
  let x_99 = told[(line_11 * 2i)];
  let x_100 = told[((line_11 * 2i) + 1i)];
  let share_101 = (1.0f / (x_99 + x_100));
  if ((first_13 < queries)) {
    y[(((start_7 + (first_13 * y_row)) + column_98) >> 2u)] = (sum_21 * vec4<f32>(share_101));
  }
  let x_102 = told[((line_11 + 1i) * 2i)];
  let x_103 = told[(((line_11 + 1i) * 2i) + 1i)];
  let share_104 = (1.0f / (x_102 + x_103));
  if ((query_14 < queries)) {
    y[(((start_7 + (query_14 * y_row)) + column_98) >> 2u)] = (sum_22 * vec4<f32>(share_104));
  }
}
