//! Characters that are taken for one another: by their shape on paper or on a screen, by their sound in dialect.

/// Characters of one group look alike or share the part that is read. Our own selection from those that are met in names.
const SHAPES: &[&str] = &[
    "玮炜伟纬苇韦",
    "英瑛暎",
    "莹萤荧滢",
    "晴睛情清靖",
    "梅海悔",
    "珍诊疹",
    "静净",
    "佳桂挂家",
    "娟捐涓绢",
    "杨扬汤",
    "刚钢岗冈",
    "明朋",
    "民氏",
    "文交",
    "金全",
    "玉王五",
    "天夫无",
    "未末",
    "士土",
    "日曰",
    "己已巳",
    "丽俪骊",
    "霞暇",
    "艳绝",
    "春舂",
    "秀季",
    "华桦烨晔骅",
    "建健键",
    "国园囯",
    "平评苹萍",
    "红虹江",
    "军车",
    "强張",
    "敏每",
    "燕嫣",
    "杰木",
    "涛淘",
    "辉晖挥",
    "磊晶",
    "宁字",
    "雪霄",
    "宇宁",
    "轩昕",
    "涵函菡",
    "子孑",
    "怡怕贻",
    "欣昕炘",
    "浩皓洁",
    "泽译择",
    "梓样",
    "俊峻骏竣",
    "晨辰震",
    "雨两",
    "芳方防",
    "兰三",
    "香杳",
    "琴瑟",
    "云去",
    "凤风夙",
    "龙尤",
    "飞乙",
    "志态",
    "永水",
    "成戍戌",
    "林村",
    "生主",
    "才木",
    "福副",
    "贵责",
    "财材",
    "德得",
    "长张",
    "世卅",
    "兴举",
    "树村",
    "山出",
    "青责菁",
    "淑椒",
    "素紊",
    "惠慧",
    "彩采",
    "翠萃",
    "荣莱",
    "蓉荣",
    "琳淋霖",
    "璐露",
    "瑶摇遥",
    "琪棋淇祺",
    "婷停",
    "颖颕頴",
    "倩请",
    "茜西",
    "薇微",
    "柯何",
    "楠南",
    "桐铜",
    "彬杉",
    "斌武",
    "凯岂",
    "鑫金",
    "晓哓骁",
    "旭旮",
    "昊吴",
    "晟成",
    "煜熠",
    "瑞端",
    "祥详",
    "禄碌",
    "祎袆",
    "禧僖",
    "陈阵",
    "陆陇",
    "候侯",
    "付傅",
    "肖萧",
    "肖尚",
    "阎闫",
    "戴载",
    "邱丘",
    "余佘",
    "于干",
    "汪江",
    "洪共",
    "徐除",
    "章童",
    "贾买",
    "常尝",
    "崔催",
    "谭潭",
    "沈沉",
    "苏办",
    "史吏",
    "孔扎",
    "白百",
    "毛手",
    "邹邵",
    "熊能",
    "郝赫",
    "龚袭",
    "钱残",
    "汤扬",
    "尹伊",
    "黎藜",
    "易昜",
    "武式",
    "乔侨",
];

/// Whether two different characters look alike.
pub(super) fn shapes(a: char, b: char) -> bool {
    SHAPES.iter().any(|group| group.contains(a) && group.contains(b))
}

/// What dialects do not tell apart, made one: `zh ch sh` and `z c s`, `n` and `l`, `f` and `h`, final `n` and `ng`.
pub(super) fn blurred(sound: &str) -> String {
    let sound = sound.replace("zh", "z").replace("ch", "c").replace("sh", "s").replace("ng", "n");
    let mut blurred = String::with_capacity(sound.len());
    let mut vowel_before = false;
    for c in sound.chars() {
        blurred.push(match c {
            'l' if !vowel_before => 'n',
            'h' if !vowel_before => 'f',
            'l' => 'n',
            other => other,
        });
        vowel_before = matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'v');
    }
    blurred
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_for_one_another() {
        assert!(shapes('英', '瑛') && shapes('己', '已') && shapes('侯', '候'));
        assert!(!shapes('英', '国'));
        assert_eq!(blurred("zhangling"), blurred("zanlin"));
        assert_eq!(blurred("linan"), blurred("ninan"));
        assert_ne!(blurred("xiuying"), blurred("jianguo"));
    }
}
