import pytest
from hypothesis import given, settings

from bot.flows.read.addresses import merge, missing_parts, one_line, read_address, says_none
from bot.orders.records import Address
from tests.flows.read.shop import TEXTS

# text -> address1, address2, district, city, region, postcode
FULL = {
    "Please change it to 101 Highway, New York, NY 10001.": ("101 Highway", "", "", "New York", "NY", "10001"),
    "101 Highway, New York, 10001": ("101 Highway", "", "", "New York", "NY", "10001"),
    "667 Highland Drive, Suite 865, Denver, CO 80280": ("667 Highland Drive", "Suite 865", "", "Denver", "CO", "80280"),
    "Flat 2, 14 Rose Lane, Bristol BS1 4QA": ("14 Rose Lane", "Flat 2", "", "Bristol", "", "BS1 4QA"),
    "my new address is 1234 Elm St, Springfield, IL, 62701": ("1234 Elm St", "", "", "Springfield", "IL", "62701"),
    "42 W 5th Avenue Apt 3B, Austin TX 78701, USA": ("42 W 5th Avenue", "Apt 3B", "", "Austin", "TX", "78701"),
    "P.O. Box 123, Austin, Texas 78701": ("P.O. Box 123", "", "", "Austin", "TX", "78701"),
    "ship it to 7 Ocean Boulevard, Unit 12, Miami, Florida 33101 please": (
        "7 Ocean Boulevard",
        "Unit 12",
        "",
        "Miami",
        "FL",
        "33101",
    ),
    "12 Baker Street, London NW1 6XE": ("12 Baker Street", "", "", "London", "", "NW1 6XE"),
    "224 Elm Street\nSuite 491\nNew York, NY 10108": ("224 Elm Street", "Suite 491", "", "New York", "NY", "10108"),
    "900 Pine Road, Charlotte, North Carolina, 28201": ("900 Pine Road", "", "", "Charlotte", "NC", "28201"),
    "5 Oak Court, #7, Seattle, WA 98101-1234": ("5 Oak Court", "#7", "", "Seattle", "WA", "98101-1234"),
    "浙江省杭州市西湖区文三路268号4幢1602室 310012": (
        "文三路268号",
        "4幢1602室",
        "西湖区",
        "杭州市",
        "浙江省",
        "310012",
    ),
    "上海市浦东新区杨高中路1201弄7号502室": ("杨高中路1201弄", "7号502室", "浦东新区", "上海市", "上海市", ""),
    "地址改成北京市海淀区知春路56号院2号楼908": ("知春路56号院", "2号楼908", "海淀区", "北京市", "北京市", ""),
    "杭州文三路268号": ("文三路268号", "", "", "杭州市", "浙江省", ""),
    "把地址改到广东省深圳市南山区科技园路10号A座301": ("科技园路10号", "A座301", "南山区", "深圳市", "广东省", ""),
    "四川省成都市武侯区天府三街199号B座1105": ("天府三街199号", "B座1105", "武侯区", "成都市", "四川省", ""),
    "重庆渝中区解放碑步行街8号": ("解放碑步行街8号", "", "渝中区", "重庆市", "重庆市", ""),
    "新地址：江苏省苏州市姑苏区平江路1号": ("平江路1号", "", "姑苏区", "苏州市", "江苏省", ""),
    "武汉市洪山区珞喻路100号3栋": ("珞喻路100号", "3栋", "洪山区", "武汉市", "湖北省", ""),
    "寄到天津市和平区南京路2号吧": ("南京路2号", "", "和平区", "天津市", "天津市", ""),
    "北京朝阳区建国路88号12层": ("建国路88号", "12层", "朝阳区", "北京市", "北京市", ""),
    "内蒙古呼和浩特市新城区中山东路5号": ("中山东路5号", "", "新城区", "呼和浩特市", "内蒙古自治区", ""),
    "山东青岛市南区香港中路40号": None,
    "福建省厦门市思明区湖滨南路9号 邮编361004": ("湖滨南路9号", "", "思明区", "厦门市", "福建省", "361004"),
}
PARTS = ("address1", "address2", "district", "city", "region", "postcode")


@pytest.mark.parametrize(("text", "parts"), [(text, parts) for text, parts in FULL.items() if parts])
def test_takes_an_address_apart(text, parts):
    read = read_address(text)
    assert tuple(getattr(read.address, name) for name in PARTS) == parts
    assert read.missing == ()


@pytest.mark.parametrize(
    ("text", "recipient", "phone"),
    [
        ("浙江省杭州市西湖区文三路268号 林晓岚 13800000000", "林晓岚", "13800000000"),
        ("收件人王思雨，电话139 0000 1111，北京市海淀区知春路56号", "王思雨", "13900001111"),
        ("John Smith, 42 Main Street, Austin, TX 78701", "John Smith", ""),
        ("12 Baker Street, London NW1 6XE, recipient: Ann Lee", "Ann Lee", ""),
        ("8 Hill Road, Denver, CO 80280, phone (303) 555-0100", "", "(303) 555-0100"),
    ],
)
def test_reads_recipient_and_phone(text, recipient, phone):
    address = read_address(text).address
    assert (address.recipient, address.phone) == (recipient, phone)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("101 Highway", ("city", "region", "postcode")),
        ("12 Baker Street, London", ("region", "postcode")),
        ("Denver, CO", ("address1", "postcode")),
        ("文三路268号", ("city", "region")),
        ("杭州市西湖区", ("address1",)),
        ("10001", ("address1", "city", "region")),
    ],
)
def test_tells_what_is_missing(text, missing):
    assert read_address(text).missing == missing


@pytest.mark.parametrize(
    "text",
    [
        "my address on file",
        "my default address",
        "the one in my profile",
        "my home address",
        "use the default address",
        "默认地址",
        "用我资料里的地址",
        "账户里的地址",
        "常用地址",
    ],
)
def test_means_the_address_on_file(text):
    assert read_address(text).on_file


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "no, 5 things",
        "change the address of that order",
        "yes",
        "my place in NYC",
        "改地址",
        "好的",
        "我要退货",
        "改一下收货地址",
        "把第二个退了",
    ],
)
def test_is_no_address(text):
    assert not read_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "There is none.",
        "no",
        "none",
        "no apartment",
        "it's a house",
        "n/a",
        "There isn't one",
        "I don't have an apartment",
        "nope",
        "没有",
        "无",
        "没有门牌",
        "不用",
        "没有楼号",
    ],
)
def test_says_that_there_is_no_flat(text):
    assert says_none(text)


@pytest.mark.parametrize("text", ["Suite 865", "Apt 3", "4幢1602室", "yes", "3栋", "it is 12B"])
def test_says_that_there_is_one(text):
    assert not says_none(text)


def test_a_new_street_takes_the_old_flat_away():
    old = Address("Ann", "1", "1 Old Road", "Suite 3", "", "Denver", "CO", "USA", "80280")
    new = merge(old, read_address("101 Highway, New York, NY 10001")).address
    assert (new.recipient, new.address1, new.address2, new.city, new.postcode) == (
        "Ann",
        "101 Highway",
        "",
        "New York",
        "10001",
    )
    assert merge(old, read_address("Suite 9")).address.address1 == "1 Old Road"
    assert merge(old, read_address("no apartment")).address.address2 == ""


def test_reads_back_in_one_line():
    chinese = Address("林晓岚", "13800000000", "文三路268号", "4幢1602室", "西湖区", "杭州市", "浙江省", "CN", "310012")
    assert one_line(chinese, "zh") == "浙江省杭州市西湖区文三路268号4幢1602室 林晓岚 13800000000 310012"
    assert one_line(Address(address1="南京路2号", city="上海市", region="上海市"), "zh") == "上海市南京路2号"
    american = Address("Ann", "", "101 Highway", "", "", "New York", "NY", "USA", "10001")
    assert one_line(american, "en") == "Ann, 101 Highway, New York, NY 10001, USA"
    assert missing_parts(american) == ()


@settings(deadline=None, max_examples=60)
@given(TEXTS)
def test_never_raises(text):
    read = read_address(text)
    assert set(read.missing) <= {"address1", "city", "region", "postcode"}
    merge(Address(), read)
    one_line(read.address, "zh")
    says_none(text)
