@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
struct Sizes {
  stride_a_a: i32,
  lines: i32,
  distance: i32,
  stride: i32,
  whole: i32,
  width: i32,
}
@group(0) @binding(2) var<uniform> sizes: Sizes;
@compute @workgroup_size(64, 1, 1)
fn row_numbers_asymmetric_4(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let stride_a_a = sizes.stride_a_a;
  let lines = sizes.lines;
  let distance = sizes.distance;
  let stride = sizes.stride;
  let whole = sizes.whole;
  let width = sizes.width;
  let gid_1 = i32(global_id.x);
  if ((gid_1 < 1i)) {
    var low_2 = vec4<f32>(0.0f);
    var high_3 = vec4<f32>(0.0f);
    var least_4 = 0.0f;
    var most_5 = 0.0f;
    let stop_6 = min(distance, lines);
    for (var i_7 = 0i; i_7 < stop_6; i_7 += 1i) {
      let at_8 = (i_7 * stride);
      for (var i_9 = 0i; i_9 < whole; i_9 += 4i) {
        let x_10 = x[((at_8 + i_9) >> 2u)];
        low_2 = min(low_2, x_10);
        high_3 = max(high_3, x_10);
      }
    }
    let lowest_11 = min(min(min(low_2.x, low_2.z), min(low_2.y, low_2.w)), least_4);
    let highest_12 = max(max(max(high_3.x, high_3.z), max(high_3.y, high_3.w)), most_5);
    let reach_13 = bitcast<f32>(min(bitcast<u32>((highest_12 - lowest_11)), 4294967294u));
    let empty_14 = (reach_13 < 3.0092655e-36f);
    let safe_15 = select(reach_13, 1.0f, empty_14);
    let bits_16 = bitcast<u32>(safe_15);
    let bits_17 = bitcast<u32>(255.0f);
    let numerator_18 = ((bits_16 & 8388607u) | 8388608u);
    let denominator_19 = ((bits_17 & 8388607u) | 8388608u);
    let less_20 = select(0u, 1u, (numerator_18 < denominator_19));
    let shifted_21 = (numerator_18 << u32((less_20 + 23u)));
    let guess_22 = u32(((f32(numerator_18) / f32(denominator_19)) * select(8388608.0f, 16777216.0f, (less_20 == 1u))));
    let whole_23 = bitcast<i32>(denominator_19);
    let off_24 = bitcast<i32>((shifted_21 - (guess_22 * denominator_19)));
    let steps_25 = (off_24 / whole_23);
    let steps_26 = (steps_25 - select(0i, 1i, ((off_24 - (steps_25 * whole_23)) < 0i)));
    let rest_27 = (off_24 - (steps_26 * whole_23));
    let made_28 = (guess_22 + bitcast<u32>(steps_26));
    let twice_29 = (rest_27 * 2i);
    let quotient_30 = bitcast<f32>(((((((((bits_16 >> u32(23u)) & 255u) - ((bits_17 >> u32(23u)) & 255u)) + 126u) - less_20) << u32(23u)) + made_28) + select(0u, 1u, ((twice_29 > whole_23) || ((twice_29 == whole_23) && ((made_28 & 1u) == 1u))))));
    let bits_31 = bitcast<u32>(1.0f);
    let bits_32 = bitcast<u32>(quotient_30);
    let numerator_33 = ((bits_31 & 8388607u) | 8388608u);
    let denominator_34 = ((bits_32 & 8388607u) | 8388608u);
    let less_35 = select(0u, 1u, (numerator_33 < denominator_34));
    let shifted_36 = (numerator_33 << u32((less_35 + 23u)));
    let guess_37 = u32(((f32(numerator_33) / f32(denominator_34)) * select(8388608.0f, 16777216.0f, (less_35 == 1u))));
    let whole_38 = bitcast<i32>(denominator_34);
    let off_39 = bitcast<i32>((shifted_36 - (guess_37 * denominator_34)));
    let steps_40 = (off_39 / whole_38);
    let steps_41 = (steps_40 - select(0i, 1i, ((off_39 - (steps_40 * whole_38)) < 0i)));
    let rest_42 = (off_39 - (steps_41 * whole_38));
    let made_43 = (guess_37 + bitcast<u32>(steps_41));
    let twice_44 = (rest_42 * 2i);
    let quotient_45 = bitcast<f32>(((((((((bits_31 >> u32(23u)) & 255u) - ((bits_32 >> u32(23u)) & 255u)) + 126u) - less_35) << u32(23u)) + made_43) + select(0u, 1u, ((twice_44 > whole_38) || ((twice_44 == whole_38) && ((made_43 & 1u) == 1u))))));
    let below_46 = (((highest_12 + lowest_11) * 255.0f) > safe_15);
    let other_47 = bitcast<u32>(abs(select(highest_12, lowest_11, below_46)));
    let size_48 = bitcast<u32>(safe_15);
    let divisor_49 = ((size_48 & 8388607u) | 8388608u);
    let dividend_50 = (((other_47 & 8388607u) | 8388608u) * 255u);
    let down_51 = min((((size_48 >> u32(23u)) & 255u) - ((other_47 >> u32(23u)) & 255u)), 31u);
    let share_52 = (dividend_50 / divisor_49);
    let rest_53 = (dividend_50 - (share_52 * divisor_49));
    let fewer_54 = (max(down_51, 1u) - 1u);
    let twice_55 = select((share_52 >> u32(fewer_54)), ((share_52 * 2u) + select(1u, 0u, ((rest_53 * 2u) < divisor_49))), (down_51 == 0u));
    let is_past_56 = ((select(((share_52 - ((share_52 >> u32(fewer_54)) << u32(fewer_54))) | rest_53), (rest_53 * 2u), (down_51 == 0u)) != 0u) && (!((down_51 == 0u) && (select(((share_52 - ((share_52 >> u32(fewer_54)) << u32(fewer_54))) | rest_53), (rest_53 * 2u), (down_51 == 0u)) == divisor_49))));
    let large_57 = (divisor_49 >= 16711680u);
    let left_58 = (((divisor_49 % 255u) * select(32u, 16u, large_57)) % 255u);
    let rest_59 = select(bitcast<i32>(left_58), (bitcast<i32>(left_58) - 255i), (left_58 > 127u));
    let fine_60 = ((twice_55 == 127u) && (!below_46));
    let product_61 = (((twice_55 * bitcast<u32>(abs(rest_59))) * select(512u, 1024u, large_57)) * select(1u, 2u, fine_60));
    let moved_62 = select(0i, select(1i, (-1i), (rest_59 < 0i)), (((twice_55 > 127u) || fine_60) && ((product_61 > divisor_49) || ((product_61 == divisor_49) && (rest_59 > 0i)))));
    let whole_63 = (twice_55 >> u32(1u));
    let middle_64 = min(max(select((127.0f - f32(bitcast<i32>((whole_63 + select(0u, 1u, (((twice_55 & 1u) == 1u) && (is_past_56 || (!select((moved_62 < 0i), (moved_62 <= 0i), (below_46 || (whole_63 < 127u))))))))))), (f32(bitcast<i32>((whole_63 + select(0u, 1u, (((twice_55 & 1u) == 1u) && (is_past_56 || (!select((moved_62 < 0i), (moved_62 <= 0i), (below_46 || (whole_63 < 127u)))))))))) - 128.0f), below_46), (-128.0f)), 127.0f);
    y[0i] = vec4<f32>(select(quotient_45, 0.0f, empty_14), select(middle_64, 0.0f, empty_14), select(quotient_30, 1.0f, empty_14), 0.0f);
  }
}
