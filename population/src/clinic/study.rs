//! Imaging and other examinations with a text: what kinds there are, and what their reports say.

use crate::calendar::Moment;

/// One kind of examination.
#[derive(Debug, PartialEq, Eq)]
pub struct StudyKind {
    pub loinc: &'static str,
    pub chinese: &'static str,
    pub english: &'static str,
    /// DICOM modality: DX, CT, MR, US, MG, ECG, ES.
    pub modality: &'static str,
    /// Part of the body in Chinese, and its SNOMED CT code.
    pub body: &'static str,
    pub body_code: &'static str,
    /// Department that does it, at a hospital.
    pub department: &'static str,
    /// What the report says when nothing is found.
    pub normal: (&'static str, &'static str),
}

/// An examination that was ordered at a visit.
#[derive(Clone, Debug)]
pub struct Study {
    pub kind: &'static StudyKind,
    pub ordered: Moment,
    /// `None`: not done yet, or cancelled.
    pub done: Option<Moment>,
    pub issued: Option<Moment>,
    pub cancelled: bool,
    /// What was seen.
    pub text: Option<String>,
    pub conclusion: String,
    pub abnormal: bool,
}

macro_rules! kinds {
    ($($name:ident $loinc:literal $modality:literal $department:literal $chinese:literal $english:literal
       $body:literal $code:literal $seen:literal => $conclusion:literal;)*) => {
        $(pub static $name: StudyKind = StudyKind {
            loinc: $loinc, chinese: $chinese, english: $english, modality: $modality, body: $body, body_code: $code,
            department: $department, normal: ($seen, $conclusion),
        };)*
        /// Every kind.
        pub static KINDS: &[&StudyKind] = &[$(&$name),*];
    };
}

kinds! {
    CHEST_FILM "36643-5" "DX" "放射科" "胸部X线正侧位" "XR Chest 2 Views" "胸部" "51185008"
        "胸廓对称，双肺纹理清晰，未见明显实质性病变；心影大小形态正常；双膈面光整，肋膈角锐利。" => "心肺膈未见明显异常。";
    CHEST_CT "24627-2" "CT" "放射科" "胸部CT平扫" "CT Chest" "胸部" "51185008"
        "双肺纹理清晰，肺野内未见明显异常密度影；气管支气管通畅；纵隔未见肿大淋巴结；双侧胸腔未见积液。" => "胸部CT平扫未见明显异常。";
    HEAD_CT "24725-4" "CT" "放射科" "头颅CT平扫" "CT Head" "头颅" "69536005"
        "脑实质密度未见明显异常，脑室系统大小形态正常，中线结构居中，颅骨骨质完整。" => "颅脑CT平扫未见明显异常。";
    BRAIN_MR "24590-2" "MR" "放射科" "颅脑磁共振平扫+弥散" "MR Brain" "颅脑" "12738006"
        "脑实质信号未见明显异常，DWI未见弥散受限，脑室脑池不宽，中线居中。" => "颅脑MR平扫未见明显异常。";
    ABDOMEN_CT "79103-8" "CT" "放射科" "全腹部CT增强" "CT Abdomen with contrast" "腹部" "818983003"
        "肝胆胰脾双肾形态密度未见明显异常，腹膜后未见肿大淋巴结，腹腔未见积液。" => "全腹部CT增强未见明显异常。";
    ABDOMEN_US "24558-9" "US" "超声医学科" "腹部超声(肝胆胰脾)" "US Abdomen" "腹部" "818983003"
        "肝脏大小正常，包膜光滑，回声均匀；胆囊壁光滑，未见结石；胰脾未见异常。" => "肝胆胰脾未见明显异常。";
    THYROID_US "24842-7" "US" "超声医学科" "甲状腺超声" "US Thyroid gland" "甲状腺" "69748006"
        "甲状腺大小正常，回声均匀，未见明显结节，颈部未见肿大淋巴结。" => "甲状腺超声未见明显异常。";
    HEART_US "42148-7" "US" "超声医学科" "超声心动图" "US Heart" "心脏" "80891009"
        "各房室内径正常，室壁厚度及运动正常，瓣膜形态及启闭正常，左室射血分数62%。" => "心脏结构及功能未见明显异常。";
    CAROTID_US "24616-5" "US" "超声医学科" "颈动脉超声" "US Carotid arteries" "颈动脉" "69105007"
        "双侧颈总动脉、颈内动脉内中膜不厚，管腔未见狭窄，血流速度正常。" => "双侧颈动脉未见明显异常。";
    OBSTETRIC_US "11525-3" "US" "超声科" "产科超声" "US Pelvis Fetus for pregnancy" "子宫" "35039007"
        "宫内单活胎，胎心搏动规则，胎盘位置正常，羊水量正常。" => "宫内单活胎，与孕周相符。";
    BREAST_US "24601-7" "US" "超声科" "乳腺超声" "US Breast" "乳腺" "76752008"
        "双侧乳腺腺体层回声尚均匀，未见明显占位，腋下未见肿大淋巴结。" => "BI-RADS 1类。";
    MAMMOGRAM "24606-6" "MG" "放射科" "乳腺钼靶" "MG Breast Screening" "乳腺" "76752008"
        "双乳呈少量腺体型，未见明确肿块及恶性钙化。" => "BI-RADS 1类。";
    HIP_US "24759-3" "US" "超声科" "婴儿髋关节超声" "US Hip" "髋关节" "24136001"
        "双侧髋臼骨缘锐利，股骨头位置正常，α角>60°。" => "双侧髋关节Graf I型。";
    WRIST_FILM "24899-7" "DX" "放射科" "腕关节X线正侧位" "XR Wrist Views" "腕部" "8205005"
        "腕关节诸骨骨质完整，关节间隙正常，软组织未见明显肿胀。" => "腕关节未见骨折征象。";
    HIP_FILM "24762-7" "DX" "放射科" "髋关节X线正位" "XR Hip Views" "髋部" "24136001"
        "骨盆诸骨及双侧股骨近端骨质完整，关节间隙正常。" => "髋关节未见骨折征象。";
    ANKLE_FILM "24541-5" "DX" "放射科" "踝关节X线正侧位" "XR Ankle Views" "踝部" "344001"
        "踝关节诸骨骨质完整，关节间隙正常，外踝软组织肿胀。" => "踝关节未见骨折征象。";
    SPINE_FILM "24970-6" "DX" "放射科" "胸腰椎X线正侧位" "XR Thoracic and lumbar spine Views" "脊柱" "421060004"
        "胸腰椎序列正常，诸椎体形态正常，椎间隙未见狭窄。" => "胸腰椎未见明显异常。";
    BONE_DENSITY "38268-9" "DX" "放射科" "双能X线骨密度(腰椎、髋部)" "DXA Skeletal system Views for bone density" "骨骼" "272673000"
        "腰椎L1-4及股骨颈骨密度T值均大于-1.0。" => "骨密度正常。";
    ECG "11524-6" "ECG" "心电图室" "常规十二导联心电图" "EKG study" "心脏" "80891009"
        "窦性心律，电轴不偏，各导联P-R间期、QRS波群及ST-T未见异常。" => "窦性心律，正常心电图。";
    GASTROSCOPY "18751-8" "ES" "内镜中心" "电子胃镜检查" "EGD study" "胃" "69695003"
        "食管黏膜光滑，贲门启闭可；胃底、胃体黏膜光滑，胃窦黏膜充血水肿；十二指肠球部未见溃疡。" => "慢性非萎缩性胃炎。";
    COLONOSCOPY "18746-8" "ES" "内镜中心" "电子结肠镜检查" "Colonoscopy study" "结肠" "71854001"
        "进镜至回盲部，所见结直肠黏膜光滑，血管纹理清晰，未见息肉及占位。" => "结直肠黏膜未见明显异常。";
    LUNG_FUNCTION "81459-0" "PF" "肺功能室" "肺功能检查(舒张试验)" "Pulmonary function study" "肺" "39607008"
        "吸入支气管舒张剂后FEV1/FVC 79%，FEV1占预计值91%。" => "通气功能正常。";
    PATHOLOGY "11526-1" "SM" "病理科" "组织病理学检查" "Pathology study" "组织" "85756007"
        "送检组织呈慢性炎症改变，未见异型细胞。" => "慢性炎症。";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_check_digits_and_stand_once() {
        for (place, kind) in KINDS.iter().enumerate() {
            assert!(KINDS.iter().skip(place + 1).all(|other| other.loinc != kind.loinc), "{}", kind.loinc);
            assert!(crate::clinic::analyte::tests::has_check_digit(kind.loinc), "{}", kind.loinc);
        }
    }
}
