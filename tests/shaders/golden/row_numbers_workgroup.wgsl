@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
struct Sizes {
  parts: i32,
  lines: i32,
  distance: i32,
  vectors: i32,
  last: i32,
  span: i32,
  width: i32,
}
@group(0) @binding(2) var<uniform> sizes: Sizes;
var<workgroup> joined_a: array<f32, 64>;
var<workgroup> joined_b: array<f32, 64>;
@compute @workgroup_size(64, 1, 1)
fn row_numbers_asymmetric_wg64_tail(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let parts = sizes.parts;
  let lines = sizes.lines;
  let distance = sizes.distance;
  let vectors = sizes.vectors;
  let last = sizes.last;
  let span = sizes.span;
  let width = sizes.width;
  let lid_1 = i32(local_id.x);
  let wg_2 = i32(group_id.x);
  let wg_3 = i32(group_id.y);
  let part_4 = min((wg_2 + (wg_3 * span)), last);
  let row_5 = (part_4 / parts);
  let start_6 = ((part_4 - (row_5 * parts)) * distance);
  let stop_7 = min((start_6 + distance), lines);
  var low_8 = vec4<f32>(0.0f);
  var high_9 = vec4<f32>(0.0f);
  let first_10 = (((row_5 * lines) + start_6) * vectors);
  let end_11 = (((row_5 * lines) + stop_7) * vectors);
  for (var i_12 = lid_1; i_12 < (end_11 - first_10); i_12 += 64i) {
    let at_13 = (first_10 + i_12);
    let x_14 = x[((at_13 * 4i) >> 2u)];
    let valid_15 = select(vec4<f32>(0.0f), x_14, (vec4<i32>(0i, 1i, 2i, 3i) < vec4<i32>((width - ((at_13 % vectors) * 4i)))));
    low_8 = min(low_8, valid_15);
    high_9 = max(high_9, valid_15);
  }
  var end_16 = min(min(low_8.x, low_8.z), min(low_8.y, low_8.w));
  var end_17 = max(max(high_9.x, high_9.z), max(high_9.y, high_9.w));
  joined_a[lid_1] = end_16;
  workgroupBarrier();
  let x_18 = joined_a[0i];
  end_16 = x_18;
  for (var i_19 = 1i; i_19 < 64i; i_19 += 1i) {
    let x_20 = joined_a[i_19];
    end_16 = min(end_16, x_20);
  }
  joined_b[lid_1] = end_17;
  workgroupBarrier();
  let x_21 = joined_b[0i];
  end_17 = x_21;
  for (var i_22 = 1i; i_22 < 64i; i_22 += 1i) {
    let x_23 = joined_b[i_22];
    end_17 = max(end_17, x_23);
  }
  if ((lid_1 < 1i)) {
    let reach_24 = bitcast<f32>(min(bitcast<u32>((end_17 - end_16)), 4294967294u));
    let empty_25 = (reach_24 < 3.0092655e-36f);
    let safe_26 = select(reach_24, 1.0f, empty_25);
    let bits_27 = bitcast<u32>(safe_26);
    let bits_28 = bitcast<u32>(255.0f);
    let numerator_29 = ((bits_27 & 8388607u) | 8388608u);
    let denominator_30 = ((bits_28 & 8388607u) | 8388608u);
    let less_31 = select(0u, 1u, (numerator_29 < denominator_30));
    let shifted_32 = (numerator_29 << u32((less_31 + 23u)));
    let guess_33 = u32(((f32(numerator_29) / f32(denominator_30)) * select(8388608.0f, 16777216.0f, (less_31 == 1u))));
    let whole_34 = bitcast<i32>(denominator_30);
    let off_35 = bitcast<i32>((shifted_32 - (guess_33 * denominator_30)));
    let steps_36 = (off_35 / whole_34);
    let steps_37 = (steps_36 - select(0i, 1i, ((off_35 - (steps_36 * whole_34)) < 0i)));
    let rest_38 = (off_35 - (steps_37 * whole_34));
    let made_39 = (guess_33 + bitcast<u32>(steps_37));
    let twice_40 = (rest_38 * 2i);
    let quotient_41 = bitcast<f32>(((((((((bits_27 >> u32(23u)) & 255u) - ((bits_28 >> u32(23u)) & 255u)) + 126u) - less_31) << u32(23u)) + made_39) + select(0u, 1u, ((twice_40 > whole_34) || ((twice_40 == whole_34) && ((made_39 & 1u) == 1u))))));
    let bits_42 = bitcast<u32>(1.0f);
    let bits_43 = bitcast<u32>(quotient_41);
    let numerator_44 = ((bits_42 & 8388607u) | 8388608u);
    let denominator_45 = ((bits_43 & 8388607u) | 8388608u);
    let less_46 = select(0u, 1u, (numerator_44 < denominator_45));
    let shifted_47 = (numerator_44 << u32((less_46 + 23u)));
    let guess_48 = u32(((f32(numerator_44) / f32(denominator_45)) * select(8388608.0f, 16777216.0f, (less_46 == 1u))));
    let whole_49 = bitcast<i32>(denominator_45);
    let off_50 = bitcast<i32>((shifted_47 - (guess_48 * denominator_45)));
    let steps_51 = (off_50 / whole_49);
    let steps_52 = (steps_51 - select(0i, 1i, ((off_50 - (steps_51 * whole_49)) < 0i)));
    let rest_53 = (off_50 - (steps_52 * whole_49));
    let made_54 = (guess_48 + bitcast<u32>(steps_52));
    let twice_55 = (rest_53 * 2i);
    let quotient_56 = bitcast<f32>(((((((((bits_42 >> u32(23u)) & 255u) - ((bits_43 >> u32(23u)) & 255u)) + 126u) - less_46) << u32(23u)) + made_54) + select(0u, 1u, ((twice_55 > whole_49) || ((twice_55 == whole_49) && ((made_54 & 1u) == 1u))))));
    let below_57 = (((end_17 + end_16) * 255.0f) > safe_26);
    let other_58 = bitcast<u32>(abs(select(end_17, end_16, below_57)));
    let size_59 = bitcast<u32>(safe_26);
    let divisor_60 = ((size_59 & 8388607u) | 8388608u);
    let dividend_61 = (((other_58 & 8388607u) | 8388608u) * 255u);
    let down_62 = min((((size_59 >> u32(23u)) & 255u) - ((other_58 >> u32(23u)) & 255u)), 31u);
    let share_63 = (dividend_61 / divisor_60);
    let rest_64 = (dividend_61 - (share_63 * divisor_60));
    let fewer_65 = (max(down_62, 1u) - 1u);
    let twice_66 = select((share_63 >> u32(fewer_65)), ((share_63 * 2u) + select(1u, 0u, ((rest_64 * 2u) < divisor_60))), (down_62 == 0u));
    let is_past_67 = ((select(((share_63 - ((share_63 >> u32(fewer_65)) << u32(fewer_65))) | rest_64), (rest_64 * 2u), (down_62 == 0u)) != 0u) && (!((down_62 == 0u) && (select(((share_63 - ((share_63 >> u32(fewer_65)) << u32(fewer_65))) | rest_64), (rest_64 * 2u), (down_62 == 0u)) == divisor_60))));
    let large_68 = (divisor_60 >= 16711680u);
    let left_69 = (((divisor_60 % 255u) * select(32u, 16u, large_68)) % 255u);
    let rest_70 = select(bitcast<i32>(left_69), (bitcast<i32>(left_69) - 255i), (left_69 > 127u));
    let fine_71 = ((twice_66 == 127u) && (!below_57));
    let product_72 = (((twice_66 * bitcast<u32>(abs(rest_70))) * select(512u, 1024u, large_68)) * select(1u, 2u, fine_71));
    let moved_73 = select(0i, select(1i, (-1i), (rest_70 < 0i)), (((twice_66 > 127u) || fine_71) && ((product_72 > divisor_60) || ((product_72 == divisor_60) && (rest_70 > 0i)))));
    let whole_74 = (twice_66 >> u32(1u));
    let middle_75 = min(max(select((127.0f - f32(bitcast<i32>((whole_74 + select(0u, 1u, (((twice_66 & 1u) == 1u) && (is_past_67 || (!select((moved_73 < 0i), (moved_73 <= 0i), (below_57 || (whole_74 < 127u))))))))))), (f32(bitcast<i32>((whole_74 + select(0u, 1u, (((twice_66 & 1u) == 1u) && (is_past_67 || (!select((moved_73 < 0i), (moved_73 <= 0i), (below_57 || (whole_74 < 127u)))))))))) - 128.0f), below_57), (-128.0f)), 127.0f);
    y[((part_4 * 4i) >> 2u)] = vec4<f32>(select(quotient_56, 0.0f, empty_25), select(middle_75, 0.0f, empty_25), select(quotient_41, 1.0f, empty_25), 0.0f);
  }
}
