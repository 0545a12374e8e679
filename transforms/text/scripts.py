"""Traditional Chinese in simplified characters, one for one: places in a text stay the same.

The characters of prose on carbon markets, not all there are: an unknown one leaves a word
unknown, and so its figure untaken.
"""

from __future__ import annotations

_TRADITIONAL = (
    "佔來係個們價億優兩冊創劃動務區協啓啟單噸國圍報場實將對屆屬幣幾庫廢廣張強後從復徵態慣應戰戶掛換損撥擔據擴數於時暫會東條業"
    "構標橋機檢權歐歷氣減測湧準溫滿漲濟灣為無煉煙熱燒爲獲現環產畢畫異當發盤種稱節範簽約純紙級細終組結給統經綜維網緊線編緩縣縮"
    "總績織繳繼續罰聯職與舉舊艙華萬蓋藝蘇處補製複規視親覽觀訂計訊記設許註詢試該誌認語誤說課調談請論諮謂謝證識譯議護讀變讓負貨"
    "責買費貿資賣質賬購趨車較載輕輛轉辦農這連進運過達遠適選還鄉鄰銀鋁鋪鋼錄鎮鏈鐵長門開間關陸陽際隨險隱雙雜離難電靜響頁項順須"
    "預領頭題額願類顯風飛餘馬驗體點黨齊龍"
)
_SIMPLIFIED = (
    "占来系个们价亿优两册创划动务区协启启单吨国围报场实将对届属币几库废广张强后从复征态惯应战户挂换损拨担据扩数于时暂会东条业"
    "构标桥机检权欧历气减测涌准温满涨济湾为无炼烟热烧为获现环产毕画异当发盘种称节范签约纯纸级细终组结给统经综维网紧线编缓县缩"
    "总绩织缴继续罚联职与举旧舱华万盖艺苏处补制复规视亲览观订计讯记设许注询试该志认语误说课调谈请论咨谓谢证识译议护读变让负货"
    "责买费贸资卖质账购趋车较载轻辆转办农这连进运过达远适选还乡邻银铝铺钢录镇链铁长门开间关陆阳际随险隐双杂离难电静响页项顺须"
    "预领头题额愿类显风飞余马验体点党齐龙"
)
_TABLE = str.maketrans(_TRADITIONAL, _SIMPLIFIED)


def simplified(text: str) -> str:
    """The text in simplified characters, as long as it was."""
    return text.translate(_TABLE)
