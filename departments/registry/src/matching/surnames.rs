//! How often a Chinese family name is met. One in fourteen is a Wang, so that being called Wang says little.

/// Shares of the people in percent. The first twenty: 2010 census as the press of 2014 gives them. Then the order of the
/// Ministry of Public Security's list of the hundred most common, in steps.
const SHARES: &[(f64, &str)] = &[
    (7.1, "王"),
    (7.0, "李"),
    (6.6, "张"),
    (5.2, "刘"),
    (4.5, "陈"),
    (3.0, "杨"),
    (2.2, "黄赵"),
    (2.0, "吴"),
    (1.9, "周"),
    (1.4, "徐孙"),
    (1.3, "马朱"),
    (1.2, "胡郭何"),
    (1.0, "林高罗"),
    (0.8, "郑梁谢宋唐许邓冯"),
    (0.6, "韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁"),
    (0.36, "沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万"),
    (0.2, "钱严覃武戚莫孔向汤肖闫丘付"),
];

/// The share of a family name that stands in no list.
pub(super) const RARE: f64 = 0.001;

/// Given names that very many bear, as shares of the people: published lists of the most common names (2019 to 2021),
/// divided by the share of their family names. Rounded up.
const GIVEN: &[(f64, &[&str])] = &[
    (
        0.004,
        &[
            "伟", "芳", "敏", "静", "秀英", "丽", "娜", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明",
            "超", "霞", "平", "刚",
        ],
    ),
    (
        0.002,
        &[
            "桂英", "秀兰", "玉兰", "建华", "桂兰", "玉梅", "秀珍", "建国", "红梅", "建军", "淑珍", "志强", "秀荣",
            "海燕", "玉英", "凤英", "俊杰", "子涵", "梓涵", "浩宇", "浩然", "欣怡", "宇轩", "一诺", "桂珍", "红", "玲",
            "英", "梅", "鹏", "波", "斌", "辉", "燕", "华", "飞", "宇", "浩", "凯", "健", "琴", "兰", "萍", "云", "龙",
            "林", "慧", "婷", "雪", "鑫", "帅", "丹", "倩", "宁", "彬", "欢", "佳", "颖",
        ],
    ),
];
/// The share of a given name of one character, and of two, that stands in no list.
pub(super) const ONE_CHARACTER: f64 = 0.0012;
pub(super) const TWO_CHARACTERS: f64 = 0.0005;

/// The share of people with this family name.
pub(super) fn share(family: &str) -> f64 {
    let found = SHARES.iter().find(|(_, names)| family.chars().count() == 1 && names.contains(family));
    found.map_or(RARE, |(percent, _)| percent / 100.0)
}

/// The share of people with this given name.
pub(super) fn given_share(given: &str) -> f64 {
    let listed = GIVEN.iter().find(|(_, names)| names.contains(&given)).map(|(share, _)| *share);
    listed.unwrap_or(if given.chars().count() == 1 { ONE_CHARACTER } else { TWO_CHARACTERS })
}

/// Family names of two characters, which are not a family name and half of a given name.
pub(super) const DOUBLE: &[&str] = &[
    "欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "长孙", "宇文", "司徒", "鲜于",
    "端木", "夏侯", "轩辕", "百里", "呼延", "南宫", "独孤", "万俟", "单于", "澹台", "闻人", "赫连", "申屠", "太史",
    "钟离", "淳于", "濮阳", "仲孙", "公羊",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_are_shares() {
        let all: f64 = SHARES.iter().map(|(percent, names)| percent * names.chars().count() as f64).sum();
        assert!((70.0..100.0).contains(&all), "{all}");
        assert!(share("王") > share("汤") && share("汤") > share("乜"));
        assert!(given_share("伟") > given_share("秀兰") && given_share("秀兰") > given_share("知微"));
    }
}
