## Words that every part of the page uses.

app-name = 고무줄
app-tagline = 늘었다 줄었다 하는 구조를 그리고, 돌려 보고, 실제로 운영하세요
language = 언어
close = 닫기
none = 없음

kind-source = 트래픽 소스
kind-balancer = 로드 밸런서
kind-group = Auto Scaling 그룹
kind-dependency = 의존 서비스

## Problems of a design: what is wrong, with which value, how to mend it. The part after `issue-`
## is a code of shared::design::PROBLEM_CODES.

issue-no-source = 요청을 보내는 곳이 없습니다. 트래픽 소스를 추가하세요.
issue-no-target = { $kind }에서 나가는 연결이 없습니다. 요청을 처리할 곳으로 연결하세요.
issue-no-weight = 이 로드 밸런서에서 나가는 연결의 가중치가 모두 0이라 요청을 받는 곳이 없습니다. 하나라도 1 이상으로 설정하세요.
issue-unreached = { $kind }까지 오는 요청이 없습니다. 다른 노드에서 연결하세요.
issue-link-not-allowed = { $from }에서 { $to }(으)로는 요청을 보낼 수 없습니다. 연결을 지우세요.
issue-circle = 연결이 돌고 돌아 요청이 끝나지 않습니다. 연결 하나를 지우세요.
issue-out-of-range = { $field } 값 { $value }은(는) 범위를 벗어났습니다. { $min }~{ $max } 사이로 맞추세요.
issue-sizes-out-of-order = 최소 { $min }, 원하는 용량 { $desired }, 최대 { $max }의 순서가 맞지 않습니다. 최소 ≤ 원하는 용량 ≤ 최대가 되게 하세요.
issue-points-out-of-order = 트래픽의 { $point }번째 점이 앞의 점보다 늦지 않습니다. 시간 순서로 맞추세요.
issue-empty-list = { $field } 목록이 비어 있습니다. 하나 이상 추가하세요.
issue-policy = { $field }: { $error }
issue-unknown-instance-type = 인스턴스 유형 “{ $type }”의 가격을 모릅니다. 표에 있는 유형을 고르세요.
issue-overload = 최대 { $peak }이(가) 들어오지만 가장 커져도 { $capacity }까지만 처리합니다. 크기나 속도를 높이지 않으면 요청을 잃습니다.
